"""Consumers that must not miss a fact follow the log with a cursor."""

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
    """A row of the log as consumers get it.

    Args:
        position: its place in commit order.
        row: the row itself.
        fact: the fact it stands for, or None when the code no longer knows it.
    """

    position: int
    row: Activity
    fact: Fact | None


followers: Registry[Callable[[Sequence[LogEntry]], None]] = Registry("followers of the log")
# Names of followers that are slow, write nothing to the database and are idempotent.
patient: set[str] = set()
# Names of followers that commit each part in a :func:`consume_batch`, and recognise by its position what they have
# already done.
stepwise: set[str] = set()


def entries_after(position: int, limit: int = BATCH) -> list[LogEntry]:
    """Return the next rows of the log after ``position``, in commit order, at most ``limit``.

    A fact can refer to hundreds of objects: rows with more than :data:`THINGS` together come in several batches.
    """
    number_committed()
    place = _place()
    rows = _not_too_many(_after(limit).objects(position))
    return [
        LogEntry(getattr(row, place), row, rebuild(row.verb, row.by_id, row.community_id, row.data)) for row in rows
    ]


def _place() -> str:
    """Return the field of the commit order."""
    return "position" if on_postgresql() else "id"


@functools.cache
def _after(limit: int) -> CompiledQuery[Activity]:
    """Return the compiled query, which runs for every act in each live hub and each follower."""
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
    """Return the position of the newest committed row, 0 for an empty log."""
    number_committed()
    return Activity.objects.aggregate(last=Max(_place()))["last"] or 0


def consume(name: str) -> bool:
    """Pass the follower ``name`` its next batch and move its cursor in the same transaction.

    A follower that raises is retried at the same position; the operator's page shows its error.

    Returns:
        True if there was anything to do.
    """
    handle = _handler(name)
    position = Cursor.objects.filter(name=name).values_list("position", flat=True).first() or 0
    if not entries_after(position, 1):
        # Checked outside a transaction: on SQLite a transaction is a write lock, and most rounds have nothing to do.
        return False
    if name in stepwise or (name in patient and not on_postgresql()):
        return _follow_patiently(name, handle)
    try:
        with transaction.atomic():
            # Race: the row lock keeps two job processes from handling the same batch.
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
    """Return the names of all followers: those below this app, then those above it."""
    return [*readers.names(), *followers.names()]


def _follow_patiently(name: str, handle: Callable[[Sequence[LogEntry]], None]) -> bool:
    """Like :func:`consume`, without a transaction around all of it: on SQLite that would hold the only write lock."""
    cursor, _new = Cursor.objects.get_or_create(name=name)
    entries = entries_after(cursor.position)
    try:
        handle(entries)
    except Exception as error:
        return _note_failure(name, error)
    if entries:
        last = entries[-1].position
        # Race: another process may have advanced further meanwhile; the cursor never moves back.
        Cursor.objects.filter(name=name, position__lt=last).update(
            position=last, failures=0, error="", moved_at=timezone.now()
        )
    return bool(entries)


@contextmanager
def consume_batch(name: str, position: int) -> Iterator[bool]:
    """Open a short transaction of a :data:`stepwise` follower.

    Race: the lock on the cursor's row serialises two job processes.

    Yields:
        True if the fact at ``position`` is still unhandled; False if another process has passed it.
    """
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().filter(name=name).first()
        yield cursor is None or cursor.position < position


def _note_failure(name: str, error: Exception) -> bool:
    logger.error("follower %s failed", name, exc_info=error)
    Cursor.objects.filter(name=name).update(failures=F("failures") + 1, error=repr(error)[:1000])
    return False


def follow_all() -> bool:
    """Run one round of all followers.

    Returns:
        True if any of them had work, so that the loop continues at once.
    """
    entries_waiting = False
    for name in _behind():
        entries_waiting |= consume(name)
    return entries_waiting


def _behind() -> list[str]:
    """Return the names of the followers that have not read to the end of the log, with two queries for all."""
    last = last_position()
    positions = dict(Cursor.objects.values_list("name", "position"))
    return [name for name in consumer_names() if positions.get(name, 0) < last]


def catch_up(rounds: int = 1000) -> None:
    """Let all followers read to the end of the log; used by tests, imports and the demo."""
    for _ in range(rounds):
        if not follow_all():
            return
