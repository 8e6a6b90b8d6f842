"""A job that fails is tried again, ever later; one whose worker died runs again.

No queue we measured re-runs a task whose worker was killed, so workers leave a heartbeat, and a reaper looks for jobs
whose worker is silent. Tasks take ids and may run twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import Heartbeat

logger = logging.getLogger(__name__)
ATTEMPTS = 8
SILENT = dt.timedelta(seconds=30)


def delay(attempt: int) -> dt.timedelta:
    """How long to wait after failure number ``attempt``: 15 s, 1 min, 4 min, ... at most 6 hours."""
    return min(dt.timedelta(seconds=15) * 4 ** (attempt - 1), dt.timedelta(hours=6))


def try_again(sender: Any, task_result: Any, **kwargs: Any) -> None:
    """Signal receiver: put a failed job back with a delay until its attempts are used up.

    The queue notes a worker id at every start, so the number of ids is the number of attempts.
    """
    if task_result.status != TaskResultStatus.FAILED:
        return
    attempts = len(task_result.worker_ids)
    if attempts >= ATTEMPTS:
        logger.error("job %s gave up after %s attempts", task_result.id, attempts)
        return
    DBTaskResult.objects.filter(pk=task_result.id, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, run_after=timezone.now() + delay(attempts)
    )


def reap(now: dt.datetime | None = None) -> int:
    """Put back the jobs of workers that have been silent too long.

    Returns:
        How many jobs were put back.
    """
    now, reaped = now or timezone.now(), 0
    alive = set(Heartbeat.objects.filter(seen_at__gte=now - SILENT).values_list("worker", flat=True))
    for job in DBTaskResult.objects.running():
        worker = job.worker_ids[-1] if job.worker_ids else ""
        if worker in alive or (job.started_at and job.started_at > now - SILENT):
            continue
        # Filtered on the start time, so that a job which ended or was reaped meanwhile is left alone.
        same = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING, started_at=job.started_at)
        reaped += same.update(status=TaskResultStatus.READY, run_after=now)
    Heartbeat.objects.filter(seen_at__lt=now - dt.timedelta(days=1)).delete()
    return reaped
