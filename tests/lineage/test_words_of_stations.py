"""What a station of the line says, by how many things stand there and whether one looks from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard
from zhiliu.lineage import timeline
from zhiliu.lineage.linking import Reference, link
from zhiliu.lineage.timeline import timeline_of

pytestmark = pytest.mark.django_db
NEED, TOPIC, OTHER_TOPIC = ("need", 1), ("topic", 1), ("topic", 2)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def texts(lin: Person, monkeypatch: pytest.MonkeyPatch) -> dict[Reference, str]:
    """A topic between a need and another topic; here stands what their cards say."""
    link(NEED, TOPIC, by_id=lin.pk)
    link(TOPIC, OTHER_TOPIC, by_id=lin.pk)
    texts: dict[Reference, str] = {}

    def cards_of(keys: list[Reference], person: Person) -> dict[Reference, ObjectCard]:
        return {key: ObjectCard(*key, f"{key[0]} {key[1]}", "/", texts[key]) for key in keys if key in texts}

    monkeypatch.setattr(timeline, "cards_for", cards_of)
    return texts


def said(thing: Reference, lin: Person, station: int) -> tuple[str, str]:
    drawn = timeline_of(thing, lin).stations[station]
    return drawn.state, drawn.text


def test_the_station_one_looks_from_says_how_its_thing_stands(texts: dict[Reference, str], lin: Person) -> None:
    texts |= {TOPIC: "3 votes"}
    assert said(TOPIC, lin, 1) == ("here", "3 votes")


def test_the_station_one_looks_from_says_so_where_its_thing_says_nothing(
    texts: dict[Reference, str], lin: Person
) -> None:
    texts |= {TOPIC: ""}
    assert said(TOPIC, lin, 1) == ("here", "This one")


def test_the_station_one_looks_from_counts_where_others_stand_there_too(
    texts: dict[Reference, str], lin: Person
) -> None:
    texts |= {TOPIC: "3 votes", OTHER_TOPIC: "no votes"}
    assert said(TOPIC, lin, 1) == ("here", "2 topics")


def test_a_need_that_says_nothing_is_named_by_its_title(texts: dict[Reference, str], lin: Person) -> None:
    texts |= {NEED: "", TOPIC: ""}
    assert said(TOPIC, lin, 0) == ("done", "need 1")
    texts |= {NEED: "5 people"}
    assert said(TOPIC, lin, 0) == ("done", "5 people")
