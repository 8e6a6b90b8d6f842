"""Whoever must not miss a fact follows the log with a cursor."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from zhiliu.kit.contracts.facts import Fact, readers, rebuild
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.system.db import CompiledQuery, on_postgresql

from .commit_order import number_committed
from .models import Activity, Cursor

logger = logging.getLogger(__name__)
BATCH = 200
THINGS = 1000


@dataclass(frozen=True)
class LogEntry:
    """A row of the log as its readers get it.

    Args:
        position: its place in commit order.
        row: the row itself.
        fact: the fact it stands for, or None when the code no longer knows it.
    """

    position: int
    row: Activity
    fact: Fact | None


followers: Registry[Callable[[Sequence[LogEntry]], None]] = Registry("followers of the log")
# Names of followers whose work takes long, writes nothing to the database and may be done twice.
patient: set[str] = set()
# Names of followers that commit as they go, each part in a :func:`step`, and recognise by its position what they did
# before.
stepwise: set[str] = set()


def entries_after(position: int, limit: int = BATCH) -> list[LogEntry]:
    """The next rows of the log after ``position``, in commit order, at most ``limit``.

    A fact can be about hundreds of things: rows about more than :data:`THINGS` together come in several batches.
    """
    number_committed()
    place = _place()
    rows = _not_too_many(_after(limit).objects(position))
    return [
        LogEntry(getattr(row, place), row, rebuild(row.verb, row.by_id, row.community_id, row.data)) for row in rows
    ]


def _place() -> str:
    """The field that tells the order of commits."""
    return "position" if on_postgresql() else "id"


@functools.cache
def _after(limit: int) -> CompiledQuery[Activity]:
    """Asked at every act, by whoever shows it live, and by each follower."""
    return CompiledQuery(lambda position: Activity.objects.filter(_beyond(position)).order_by(_place())[:limit], 1)


def _beyond(position: int) -> Q:
    return Q(**{f"{_place()}__gt": position})


def _not_too_many(rows: Iterable[Any]) -> Iterator[Any]:
    things = 0
    for row in rows:
        things += sum(len(value) for value in row.data.values() if isinstance(value, list))
        yield row
        if things > THINGS:
            return


def last_position() -> int:
    """The position of the newest committed row, 0 for an empty log."""
    number_committed()
    return Activity.objects.aggregate(last=Max(_place()))["last"] or 0


def consume(name: str) -> bool:
    """Hand the follower ``name`` its next batch and move its cursor in the same transaction.

    A follower that raises is tried again at the same place; its error stands on the operator's page.

    Returns:
        Whether there was anything.
    """
    handle = _handler(name)
    position = Cursor.objects.filter(name=name).values_list("position", flat=True).first() or 0
    if not entries_after(position, 1):
        # Asked outside a transaction: on SQLite a transaction is a write lock, and most rounds have nothing to do.
        return False
    if name in stepwise or (name in patient and not on_postgresql()):
        return _follow_patiently(name, handle)
    try:
        with transaction.atomic():
            # The row lock keeps two job processes from handling the same batch.
            cursor, _new = Cursor.objects.select_for_update().get_or_create(name=name)
            entries = entries_after(cursor.position)
            if entries:
                handle(entries)
                cursor.position, cursor.failures, cursor.error = entries[-1].position, 0, ""
                cursor.save()
        return bool(entries)
    except Exception as error:
        return _note_failure(name, error)


def _handler(name: str) -> Callable[[Sequence[LogEntry]], None]:
    reader = readers.get(name)
    if reader is not None:
        return lambda entries: reader([entry.fact for entry in entries if entry.fact is not None])
    handle = followers.get(name)
    assert handle is not None, name
    return handle


def consumer_names() -> list[str]:
    """Everybody who follows the log: those below this app, then those above it."""
    return [*readers.names(), *followers.names()]


def _follow_patiently(name: str, handle: Callable[[Sequence[LogEntry]], None]) -> bool:
    """As :func:`follow`, without one transaction around all of it: on SQLite that would be the only write lock."""
    cursor, _new = Cursor.objects.get_or_create(name=name)
    entries = entries_after(cursor.position)
    try:
        handle(entries)
    except Exception as error:
        return _note_failure(name, error)
    if entries:
        last = entries[-1].position
        # Another process may have come further meanwhile: the cursor never goes back.
        Cursor.objects.filter(name=name, position__lt=last).update(
            position=last, failures=0, error="", moved_at=timezone.now()
        )
    return bool(entries)


@contextmanager
def consume_batch(name: str, position: int) -> Iterator[bool]:
    """A short transaction of a :data:`stepwise` follower.

    Two job processes take turns by the lock on the cursor's row.

    Yields:
        Whether the fact at ``position`` is still to be handled; no, once another process has gone past it.
    """
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().filter(name=name).first()
        yield cursor is None or cursor.position < position


def _note_failure(name: str, error: Exception) -> bool:
    logger.error("follower %s failed", name, exc_info=error)
    Cursor.objects.filter(name=name).update(failures=F("failures") + 1, error=repr(error)[:1000])
    return False


def follow_all() -> bool:
    """One round of all followers.

    Returns:
        Whether any of them had work, so that the loop goes on at once.
    """
    entries_waiting = False
    for name in consumer_names():
        entries_waiting |= consume(name)
    return entries_waiting


def catch_up(rounds: int = 1000) -> None:
    """Let all followers read to the end of the log; used by tests, imports and the demo."""
    for _ in range(rounds):
        if not follow_all():
            return
