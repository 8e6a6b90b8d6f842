"""Whoever waits for work learns cheaply that the database was written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections

from zhiliu.jobs.models import Slot
from zhiliu.kit.system import writes
from zhiliu.kit.system.db import on_postgresql


def test_a_file_tells_of_the_commits_of_others_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "written.sqlite3"
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    monkeypatch.setattr(writes, "on_postgresql", lambda: False)
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE noted (word TEXT)")
    changed = writes.changed_since_last_call()
    assert [changed(), changed()] == [True, False]
    other.execute("INSERT INTO noted VALUES ('a')")
    assert changed() is False
    other.commit()
    assert [changed(), changed()] == [True, False]
    other.execute("SELECT * FROM noted").fetchall()
    assert changed() is False


def test_a_database_in_memory_may_always_have_been_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "file:memory?mode=memory")
    monkeypatch.setattr(writes, "on_postgresql", lambda: False)
    changed = writes.changed_since_last_call()
    assert [changed(), changed()] == [True, True]


def test_a_database_that_does_not_answer_is_asked_again() -> None:
    def version() -> int:
        if answers:
            return answers.pop()
        raise DatabaseError

    answers = [7, 7]
    changed = writes._changing(version)
    assert [changed(), changed(), changed()] == [True, False, True]
    answers = [7]
    assert changed() is True


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_snapshot_tells_of_the_commits_of_others() -> None:
    if not on_postgresql():
        pytest.skip("about PostgreSQL")
    changed = writes.changed_since_last_call()
    changed()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM jobs_slot")
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO jobs_slot (name, slot, at) VALUES ('a', 'b', now())")
            changed()
            cursor.execute("COMMIT")
        assert changed() is True
    finally:
        other.close()
    assert Slot.objects.count() == 1
