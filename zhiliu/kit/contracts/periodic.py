"""Periodic tasks: every few minutes, or every day at an hour. The jobs app starts those that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django_tasks.base import Task

from .registry import Registry


@dataclass(frozen=True)
class Every:
    """An interval of ``minutes``, counted from midnight UTC."""

    minutes: int

    def slot(self, now: dt.datetime) -> str | None:
        """Return the name of the interval that contains ``now``."""
        minute = int(now.timestamp() // 60)
        return f"m{minute - minute % self.minutes}"


@dataclass(frozen=True)
class Daily:
    """Once a day from ``hour`` local time on."""

    hour: int

    def slot(self, now: dt.datetime) -> str | None:
        """Return the day, or None before the hour."""
        local = timezone.localtime(now)
        return f"d{local.date()}" if local.hour >= self.hour else None


@dataclass(frozen=True)
class Periodic:
    """A task and its schedule."""

    name: str
    task: Task
    when: Every | Daily


table: Registry[Periodic] = Registry("periodic table")


def periodic(when: Every | Daily) -> Callable[[Task], Task]:
    """Decorator over ``@task``: register the task as periodic."""

    def enter(task: Task) -> Task:
        table.register(Periodic(task.module_path, task, when), key=task.module_path)
        return task

    return enter
