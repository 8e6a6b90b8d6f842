"""Work that comes round: every few minutes, or every day at an hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from zhiliu.kit.models import Once
from zhiliu.kit.plugs import Shelf

from .models import Slot


@dataclass(frozen=True)
class Every:
    """A stretch of ``minutes``, counted from midnight UTC."""

    minutes: int

    def slot(self, now: dt.datetime) -> str | None:
        """The name of the stretch ``now`` lies in."""
        minute = int(now.timestamp() // 60)
        return f"m{minute - minute % self.minutes}"


@dataclass(frozen=True)
class Daily:
    """Once a day from ``hour`` local time on."""

    hour: int

    def slot(self, now: dt.datetime) -> str | None:
        """The day, or None before the hour."""
        local = timezone.localtime(now)
        return f"d{local.date()}" if local.hour >= self.hour else None


@dataclass(frozen=True)
class Periodic:
    """A task and when it comes round."""

    name: str
    task: Task
    when: Every | Daily


table: Shelf[Periodic] = Shelf("periodic table")


def comes_round(when: Every | Daily) -> Callable[[Task], Task]:
    """Decorator over ``@task``: enter the task in the periodic table."""

    def enter(task: Task) -> Task:
        table.put(Periodic(task.module_path, task, when), key=task.module_path)
        return task

    return enter


def start_due(now: dt.datetime | None = None) -> int:
    """Enqueue every periodic task whose stretch has begun and is not started yet.

    Returns:
        How many were enqueued.
    """
    now, started = now or timezone.now(), 0
    for entry in table:
        slot = entry.when.slot(now)
        if slot is None or Slot.objects.filter(name=entry.name, slot=slot).exists():
            continue
        with transaction.atomic():
            _row, is_new = Slot.objects.get_or_create(name=entry.name, slot=slot)
            if is_new:
                entry.task.enqueue()
                started += 1
    return started


def forget_old(days: int = 14) -> None:
    """Clear what the runner no longer needs: old slots, finished jobs, sent forms."""
    before = timezone.now() - dt.timedelta(days=days)
    Slot.objects.filter(at__lt=before).delete()
    DBTaskResult.objects.successful().filter(finished_at__lt=before).delete()
    Once.objects.filter(on__lt=before.date()).delete()
