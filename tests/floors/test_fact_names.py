"""The names of facts are in logs, webhooks and other programs: they never change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zhiliu.kit.contracts.facts import FACTS, Fact

KEPT = Path(__file__).with_name("fact_names.txt")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Remove facts defined in a test."""
    before = dict(FACTS)
    yield
    FACTS.clear()
    FACTS.update(before)


def test_every_name_is_kept() -> None:
    names = [line for line in KEPT.read_text().splitlines() if not line.startswith("#")]
    assert names == sorted(FACTS)


def test_a_name_fits_its_column_and_begins_with_its_app() -> None:
    wrong = [
        name
        for name, fact in FACTS.items()
        if len(name) > 60 or not fact.__module__.startswith(f"zhiliu.{name.partition('.')[0]}.")
    ]
    assert wrong == []


def test_a_fact_without_a_name_is_refused() -> None:
    with pytest.raises(TypeError, match="has a name, or it is abstract"):
        type("Nameless", (Fact,), {})


def test_a_name_that_is_taken_is_refused() -> None:
    class First(Fact, name="floors.first"):
        pass

    assert FACTS["floors.first"] is First
    with pytest.raises(TypeError, match=r"floors.first is .*First already"):
        type("Second", (Fact,), {}, name="floors.first")


def test_a_base_is_no_fact() -> None:
    class Base(Fact, abstract=True):
        pass

    assert Base not in FACTS.values()
    with pytest.raises(TypeError, match="has a name, or it is abstract"):
        type("Both", (Fact,), {}, name="floors.both", abstract=True)
