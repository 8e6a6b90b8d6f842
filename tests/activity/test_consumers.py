"""Followers of the log miss nothing and handle nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, transaction

from zhiliu.activity.consumers import LogEntry, consume, consumer_names, entries_after, followers, last_position
from zhiliu.activity.models import Cursor
from zhiliu.directory.facts import PersonLeft
from zhiliu.kit.contracts.facts import announce, readers


def say(number: int) -> None:
    with transaction.atomic():
        announce(PersonLeft(person_id=number))


@pytest.fixture
def follower() -> Any:
    """A follower of its own that notes what it gets, and fails when told to."""
    got: list[int] = []

    def handle(entries: Sequence[LogEntry]) -> None:
        got.extend(entry.fact.person_id for entry in entries if isinstance(entry.fact, PersonLeft))
        if -1 in got:
            raise ValueError("told to fail")

    followers.register(handle, key="test")
    yield got
    followers.unregister("test")


@pytest.mark.django_db(transaction=True)
def test_a_follower_gets_each_fact_once_and_in_order(follower: list[int]) -> None:
    for number in (1, 2, 3):
        say(number)
    assert consume("test")
    say(4)
    assert consume("test")
    assert not consume("test")
    assert follower == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_a_reader_below_the_log_gets_facts_only_and_each_once() -> None:
    got: list[int] = []
    readers.register(
        lambda facts: got.extend(fact.person_id for fact in facts if isinstance(fact, PersonLeft)), key="below"
    )
    try:
        say(1)
        say(2)
        assert "below" in consumer_names()
        assert consume("below")
        assert not consume("below")
        assert got == [1, 2]
    finally:
        readers.unregister("below")


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_fails_stays_where_it_is(follower: list[int]) -> None:
    say(-1)
    assert not consume("test")
    cursor = Cursor.objects.filter(name="test").first()
    assert cursor is None or cursor.position == 0
    follower[:] = [7]
    followers.register(lambda entries: follower.extend(entry.fact.person_id for entry in entries), key="test")  # type: ignore[union-attr, misc]
    assert consume("test")
    assert follower == [7, -1]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_transaction_held_open_hides_nothing_and_holds_nobody_up() -> None:
    """The late one has the lower id; on PostgreSQL a cursor on ids would skip it."""
    begun, finish = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            announce(PersonLeft(person_id=1))
            begun.set()
            finish.wait(20)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert begun.wait(20)
    say(2)
    first = entries_after(0)
    assert [entry.fact.person_id for entry in first] == [2]  # type: ignore[union-attr]
    finish.set()
    thread.join(20)
    then = entries_after(first[-1].position)
    assert [entry.fact.person_id for entry in then] == [1]  # type: ignore[union-attr]
    assert last_position() == then[-1].position
    assert then[0].row.pk < first[0].row.pk
