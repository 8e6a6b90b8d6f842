"""The job process. ``python -m zhiliu.console.job_process``"""

from __future__ import annotations

import os
import signal

import django


def run_jobs() -> None:
    """Work until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from zhiliu.jobs.running import JobRunner
    from zhiliu.kit.contracts.audit import started_as

    started_as("job")
    runner = JobRunner()
    signal.signal(signal.SIGTERM, runner.stop)
    signal.signal(signal.SIGINT, runner.stop)
    runner.run()
    # Task threads are daemons: one in the middle of a long job must not hold the end up; the reaper runs it again.
    os._exit(0)


if __name__ == "__main__":
    run_jobs()
