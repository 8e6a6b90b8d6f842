"""Facts are recorded with the act or not at all; rules keep their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from zhiliu.activity.models import Activity
from zhiliu.directory.facts import PersonLeft
from zhiliu.kit.contracts.facts import _listeners, announce, listen, rebuild
from zhiliu.kit.contracts.rules import require, rule
from zhiliu.kit.errors import Forbidden


@rule("要先登记")
def registered(person: Any, thing: Any) -> bool:
    """Is registered."""
    return "registered" in person


@rule("只有管理员")
def admin(person: Any, thing: Any) -> bool:
    """Is admin."""
    return "admin" in person


def test_reasons_survive_composition() -> None:
    both = registered & admin
    assert both.why_not({"registered"}) == "只有管理员"
    assert both.why_not({"admin"}) == "要先登记"
    assert both.why_not({"admin", "registered"}) is None
    assert (registered | admin).why_not(set()) == "只有管理员"
    assert (~registered).why_not({"registered"}) == "要先登记"


def test_require_raises_with_the_reason() -> None:
    with pytest.raises(Forbidden, match="要先登记"):
        require(registered, set())


@pytest.fixture
def listeners() -> Iterator[None]:
    """Whoever begins to listen here stops with the test."""
    before = {kind: list(heard) for kind, heard in _listeners.items()}
    yield
    _listeners.clear()
    _listeners.update(before)


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        announce(PersonLeft(person_id=1))


@pytest.mark.usefixtures("listeners")
@pytest.mark.django_db(transaction=True)
def test_a_fact_goes_with_its_transaction() -> None:
    heard: list[PersonLeft] = []
    listen(PersonLeft)(heard.append)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(PersonLeft(person_id=1))
        1 / 0
    assert (Activity.objects.count(), heard) == (0, [])
    with transaction.atomic():
        announce(PersonLeft(person_id=2, by_id=9))
        assert heard == []
    assert [fact.person_id for fact in heard] == [2]
    row = Activity.objects.get()
    assert rebuild(row.verb, row.by_id, row.community_id, row.data) == PersonLeft(person_id=2, by_id=9)


@pytest.mark.usefixtures("listeners")
@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_harms_nobody() -> None:
    heard: list[Any] = []

    @listen(PersonLeft)
    def breaks(fact: PersonLeft) -> None:
        raise ValueError("no")

    listen(PersonLeft)(heard.append)
    with transaction.atomic():
        announce(PersonLeft(person_id=3))
    assert len(heard) == 1
