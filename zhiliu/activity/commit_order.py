"""Positions in commit order.

On PostgreSQL ids are assigned when a row is inserted, not when it is committed: a reader that remembers the highest id
it saw skips rows of a slow transaction. So readers number rows after their commit: one reader at a time (advisory
lock), and only visible, that is committed, rows. An open transaction hides nothing and blocks nobody; its rows get
their numbers after its commit. (``docs/decisions/positions.md``)
"""

from __future__ import annotations

from django.db import connection, transaction

from zhiliu.kit.system.db import on_postgresql

_LOCK = 7_215_001

_NUMBER = """
WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM activity_activity WHERE position IS NULL
), top AS (
    SELECT coalesce(max(position), 0) AS last FROM activity_activity
)
UPDATE activity_activity SET position = top.last + waiting.place
FROM waiting, top WHERE activity_activity.id = waiting.id
"""


def number_committed() -> None:
    """Assign positions to committed rows. Does nothing on SQLite, where the id is the position."""
    if not on_postgresql():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM activity_activity WHERE position IS NULL)")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            # A new statement takes a new snapshot: it sees what the previous lock holder numbered.
            cursor.execute(_NUMBER)
