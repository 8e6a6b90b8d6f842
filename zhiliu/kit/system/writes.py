"""Tells cheaply whether the database was written, so that whoever waits for work need not ask the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.utils import DatabaseError

from .db import on_postgresql

Changed = Callable[[], bool]


def changed_since_last_call() -> Changed:
    """Return a function that tells whether anybody has committed since its last call; at first True.

    If the database cannot say, the answer is True.
    """
    if on_postgresql():
        return _changing(_snapshot)
    return changed_file() or (lambda: True)


def changed_file() -> Changed | None:
    """Return a function that tells whether the file of SQLite was written since its last call; None without a file.

    The version counts commits of other connections, of this process too: the function has a connection of its own.
    """
    path = str(connection.settings_dict["NAME"])
    if on_postgresql() or not path or "memory" in path:
        return None
    line = sqlite3.connect(path, check_same_thread=False)
    return _changing(lambda: line.execute("PRAGMA data_version").fetchone())


def _snapshot() -> Any:
    """Return PostgreSQL's current snapshot. It changes when a transaction that has written ends, in any database of
    the server.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return cursor.fetchone()


def _changing(version: Callable[[], Any]) -> Changed:
    last: Any = None

    def changed() -> bool:
        nonlocal last
        try:
            before, last = last, version()
        except (sqlite3.Error, DatabaseError):
            # A database that does not answer has to be asked again: the work that follows reports it.
            last = None
            return True
        return bool(before != last)

    return changed
