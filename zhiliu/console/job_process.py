"""The job process. ``python -m zhiliu.console.job_process``"""

from __future__ import annotations

import os
import signal

import django


def run_jobs() -> None:
    """Work until stopped."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from zhiliu.jobs.running import JobRunner
    from zhiliu.kit.contracts.audit import started_as

    started_as("job")
    runner = JobRunner()
    signal.signal(signal.SIGTERM, runner.stop)
    signal.signal(signal.SIGINT, runner.stop)
    runner.run()
    # Task threads are daemons: a long job must not delay the exit; the reaper reruns it.
    os._exit(0)


if __name__ == "__main__":
    run_jobs()
