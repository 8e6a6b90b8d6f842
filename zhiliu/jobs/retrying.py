"""Retries failed jobs with growing delays, and reruns jobs whose worker died.

No queue we measured reruns a task whose worker was killed, so workers leave a heartbeat, and a reaper looks for jobs
whose worker is silent. Tasks take ids and may run twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.registry import Registry

from .facts import JobGivenUp
from .models import Heartbeat, Loss

logger = logging.getLogger(__name__)
ATTEMPTS = 8
# How many workers a job may crash.
LOSSES = 2
GIVEN_UP = "The job took its worker down twice and is given up."
# Called when a job is given up, with its arguments, by the path of its task: to notify whoever waits for it.
givers_up: Registry[Callable[..., None]] = Registry("acts when a job is given up")
SILENT = dt.timedelta(seconds=30)


def delay(attempt: int) -> dt.timedelta:
    """Return the delay after failure number ``attempt``: 15 s, 1 min, 4 min, ... at most 6 hours."""
    return min(dt.timedelta(seconds=15) * 4 ** (attempt - 1), dt.timedelta(hours=6))


def try_again(sender: Any, task_result: Any, **kwargs: Any) -> None:
    """Signal receiver: requeue a failed job with a delay until its attempts are used up.

    The queue records a worker id at every start, so the number of ids is the number of attempts.
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
    """Requeue the jobs of workers that have been silent too long; give up jobs that crashed their workers repeatedly.

    Returns:
        How many jobs were requeued.
    """
    now, reaped = now or timezone.now(), 0
    beats = dict(Heartbeat.objects.values_list("worker", "seen_at"))
    for job in DBTaskResult.objects.running():
        worker = job.worker_ids[-1] if job.worker_ids else ""
        seen_at = beats.get(worker)
        if (seen_at and seen_at >= now - SILENT) or (job.started_at and job.started_at > now - SILENT):
            continue
        reaped += _put_back(job, now, died=seen_at is not None)
    forgotten = now - dt.timedelta(days=1)
    if any(seen_at < forgotten for seen_at in beats.values()):
        Heartbeat.objects.filter(seen_at__lt=forgotten).delete()
    return reaped


def _put_back(job: DBTaskResult, now: dt.datetime, *, died: bool) -> int:
    """Requeue a job, or give it up.

    Args:
        died: the worker left a heartbeat, so it was killed; one that ends normally deletes its heartbeat.
    """
    with transaction.atomic():
        # Race: filtered on the start time, so that a job that ended or was reaped meanwhile is left alone.
        rows = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING, started_at=job.started_at)
        if died and _losses(job, now) >= LOSSES:
            if rows.update(status=TaskResultStatus.FAILED, finished_at=now, traceback=GIVEN_UP):
                _give_up(job)
            return 0
        # A job that may have crashed its worker runs after the others.
        return rows.update(status=TaskResultStatus.READY, run_after=now + delay(1) if died else now)


def _losses(job: DBTaskResult, now: dt.datetime) -> int:
    """Record and return how many workers the job has crashed, including this one."""
    loss, _is_new = Loss.objects.get_or_create(job=job.pk)
    loss.times, loss.at = loss.times + 1, now
    loss.save()
    return loss.times


def _give_up(job: DBTaskResult) -> None:
    logger.error("job %s (%s) took its worker down %s times and is given up", job.pk, job.task_path, LOSSES)
    announce(JobGivenUp(task=job.task_path, job=str(job.pk)))
    if (tell := givers_up.get(job.task_path)) is not None:
        tell(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
