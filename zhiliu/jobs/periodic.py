"""Starts periodic tasks (``kit.contracts.periodic``) once per interval."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zhiliu.kit.contracts.periodic import Daily, Every, Periodic, periodic, table
from zhiliu.kit.models import Session, SubmittedForm
from zhiliu.kit.web.sessions import idle_limit

from .models import Loss, Slot

__all__ = ["Daily", "Every", "forget_old_jobs", "periodic", "start_due"]


def start_due(now: dt.datetime | None = None, begun: dict[str, str] | None = None) -> int:
    """Enqueue every periodic task whose interval has begun and that was not started yet.

    Args:
        begun: by task, the interval last seen as started; kept between calls, so that most calls ask nothing.

    Returns:
        How many were enqueued.
    """
    now, started = now or timezone.now(), 0
    begun = {} if begun is None else begun
    for entry in table:
        slot = entry.when.slot(now)
        if slot is None or begun.get(entry.name) == slot:
            continue
        started += not Slot.objects.filter(name=entry.name, slot=slot).exists() and _start(entry, slot)
        begun[entry.name] = slot
    return started


def _start(entry: Periodic, slot: str) -> bool:
    """Enqueue a task for an interval; return False if another process has."""
    with transaction.atomic():
        _row, is_new = Slot.objects.get_or_create(name=entry.name, slot=slot)
        if is_new:
            entry.task.enqueue()
    return is_new


def forget_old_jobs(days: int = 14) -> None:
    """Delete old slots, losses, finished jobs and submitted forms, and expired sessions."""
    before = timezone.now() - dt.timedelta(days=days)
    Slot.objects.filter(at__lt=before).delete()
    Loss.objects.filter(at__lt=before).delete()
    DBTaskResult.objects.successful().filter(finished_at__lt=before).delete()
    SubmittedForm.objects.filter(on__lt=before.date()).delete()
    ended = Q(expire_date__lt=timezone.now()) | Q(seen_at__lt=timezone.now() - idle_limit())
    Session.objects.filter(ended).delete()
