"""What the database knows of its rows, by which it chooses how to find them."""

from __future__ import annotations

from django.db import connection

from .db import on_postgresql

# How many rows of an index SQLite looks at: enough to tell a few from many.
_SAMPLE = 1000
# Of tables that were filled without being looked at since. The others PostgreSQL keeps up by itself.
_UNKNOWN = """
    SELECT EXISTS (
        SELECT 1 FROM pg_stat_user_tables
        WHERE n_live_tup > 1000 AND last_analyze IS NULL AND last_autoanalyze IS NULL
    )
"""


def refresh_statistics() -> None:
    """Let the database look at its rows where it does not know them, as after a restore, or where they have changed."""
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute(_UNKNOWN)
            [(is_unknown,)] = cursor.fetchall()
            if is_unknown:
                cursor.execute("ANALYZE")
            return
        cursor.execute(f"PRAGMA analysis_limit = {_SAMPLE}")
        # 2: where it helps. 0x10000: also tables this connection has not read.
        cursor.execute("PRAGMA optimize = 0x10002")
