"""The database knows its rows after a while, whoever filled it."""

from __future__ import annotations

import pytest
from django.db import connection

from zhiliu.kit.models import Session
from zhiliu.kit.system.db import on_postgresql
from zhiliu.kit.system.statistics import refresh_statistics


def known_rows() -> int:
    """How many rows the database believes the table of sessions has; -1 when it has never looked."""
    query = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'kit_session' LIMIT 1"
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'kit_session'")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone()[0]:
            return -1
        row = cursor.execute(query).fetchone()
        return int(row[0].split()[0]) if row else -1


def fill() -> None:
    expires = "2030-01-01T00:00:00Z"
    Session.objects.bulk_create(
        Session(session_key=f"key-{number}", session_data="", expire_date=expires) for number in range(2000)
    )


@pytest.mark.django_db
def test_rows_nobody_has_looked_at_are_looked_at() -> None:
    if on_postgresql():
        pytest.skip("PostgreSQL looks at what was committed")
    fill()
    assert known_rows() == -1
    refresh_statistics()
    assert known_rows() == 2000


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_postgresql_looks_at_what_a_restore_brought() -> None:
    with connection.cursor() as cursor:
        # What a restored table looks like: full, and never looked at.
        cursor.execute("SELECT pg_stat_reset()")
        fill()
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
    refresh_statistics()
    assert known_rows() == 2000


@pytest.mark.django_db
def test_a_second_look_changes_nothing() -> None:
    refresh_statistics()
    before = known_rows()
    refresh_statistics()
    assert known_rows() == before
