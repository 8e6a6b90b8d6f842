"""Bulk enqueueing of one task."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from zhiliu.kit.system.db import insert_rows


def enqueue_all(task: Task[Any, Any], calls: Iterable[tuple[tuple[Any, ...], dt.datetime | None]]) -> None:
    """Enqueue the task for each of ``calls``, with one statement.

    ``Task.enqueue`` writes one row at a time; these rows are the ones it would write.

    Args:
        calls: arguments, and when to run; None for as soon as possible.
    """
    now = timezone.now()
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "status": TaskResultStatus.READY,
            "enqueued_at": now,
            "args_kwargs": {"args": list(args), "kwargs": {}},
            "priority": task.priority,
            "task_path": task.module_path,
            "worker_ids": [],
            "queue_name": task.queue_name,
            "backend_name": task.backend,
            "run_after": run_after or get_date_max(),
            "exception_class_path": "",
            "traceback": "",
        }
        for args, run_after in calls
    ]
    if rows:
        insert_rows(DBTaskResult, list(rows[0]), (list(row.values()) for row in rows))
