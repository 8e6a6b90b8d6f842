"""The line as it is drawn, and that links and stations of other things are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.utils import translation

from zhiliu.communities.models import Community
from zhiliu.conversations.opening import open_channel
from zhiliu.conversations.posting import post
from zhiliu.directory.models import Person
from zhiliu.lineage import linking
from zhiliu.lineage.linking import Reference, link, note_reached, reached, station_of, unlink, walk
from zhiliu.lineage.models import LineageProgress, Link
from zhiliu.lineage.timeline import Timeline, glyphs_for, lateness, timeline_of
from zhiliu.needs.models import Need
from zhiliu.needs.topics import make_topic
from zhiliu.needs.voicing import voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def needs(community: Community, lin: Person) -> list[Need]:
    return [voice_need(community, title=title, by=lin) for title in ("半夜停机", "门关不上")]


@pytest.fixture
def topic(community: Community, needs: list[Need], lin: Person) -> Reference:
    made = make_topic(community, needs, title="夜班常见故障", for_whom="值夜的人", take_home="一张单子", by=lin)
    return ("topic", made.pk)


@pytest.fixture
def is_late() -> Iterator[dict[Reference, int]]:
    """What stands here is late, at the station given."""
    late: dict[Reference, int] = {}
    lateness.register(lambda references: {key: late[key] for key in references if key in late}, key="test")
    yield late
    lateness.unregister("test")


def drawn(line: Timeline) -> list[tuple[str, str]]:
    return [(station.state, station.text) for station in line.stations]


def all_links() -> set[tuple[Any, ...]]:
    return set(Link.objects.values_list("source_kind", "source_id", "target_kind", "target_id"))


def test_a_topic_of_two_needs_stands_here_and_counts_its_needs(topic: Reference, lin: Person) -> None:
    line = timeline_of(topic, lin)
    assert [state for state, _text in drawn(line)] == ["done", "here", "todo", "todo", "todo", "todo"]
    assert (line.stations[0].text, line.stations[0].count_sources) == ("2 needs", 2)
    assert (line.stations[0].url != "", line.stations[1].url, line.signature) == (True, "", "dhtttt")
    assert line.sentence == f"Need: 2 needs; Topic: {line.stations[1].text}"
    assert {index: [card.kind for card in cards] for index, cards in line.cards.items()} == {
        0: ["need", "need"],
        1: ["topic"],
    }


def test_a_need_shows_the_topic_that_came_out_of_it_by_its_title(
    needs: list[Need], topic: Reference, lin: Person
) -> None:
    need = ("need", needs[0].pk)
    line = timeline_of(need, lin)
    assert [state for state, _text in drawn(line)][:3] == ["here", "done", "todo"]
    assert (line.stations[0].text, line.stations[0].count_sources) == ("1 person", 0)
    assert (line.stations[1].text, line.cards[1][0].text) == ("夜班常见故障", "0 votes")


def test_a_topic_of_one_need_shows_how_many_want_it(community: Community, needs: list[Need], lin: Person) -> None:
    made = make_topic(community, needs[:1], title="停机", for_whom="值夜的人", take_home="一张单子", by=lin)
    line = timeline_of(("topic", made.pk), lin)
    assert (line.stations[0].text, line.stations[0].count_sources) == ("1 person", 0)


def test_what_somebody_may_not_see_is_hidden_from_them(
    closed_community: Community, community: Community, lin: Person, sun: Person
) -> None:
    secret = ("need", voice_need(closed_community, title="底价", by=lin).pk)
    shown = make_topic(
        community,
        [voice_need(community, title="停机", by=lin)],
        title="停机",
        for_whom="值夜的人",
        take_home="一张单子",
        by=lin,
    )
    Link.objects.all().delete()
    link(secret, ("topic", shown.pk), by_id=lin.pk)
    line = timeline_of(("topic", shown.pk), sun)
    assert drawn(line)[0] == ("hidden", "You can’t see this step")
    assert "底价" not in line.sentence
    assert line.cards[0] == []
    assert timeline_of(("topic", shown.pk), lin).stations[0].text == "1 person"


def test_a_late_station_is_drawn_late_where_nothing_stands_and_where_something_does(
    topic: Reference, needs: list[Need], lin: Person, is_late: dict[Reference, int]
) -> None:
    is_late[topic] = 2
    assert drawn(timeline_of(topic, lin))[2:4] == [("late", "Missing"), ("todo", "")]
    is_late[topic] = 0
    assert [state for state, _text in drawn(timeline_of(topic, lin))][:2] == ["late", "here"]
    is_late[topic] = 1
    assert [state for state, _text in drawn(timeline_of(topic, lin))][:2] == ["done", "here"]


def test_a_message_stands_in_for_a_need_only_where_there_is_none(
    community: Community, needs: list[Need], topic: Reference, lin: Person
) -> None:
    message = post(open_channel(community, name="值夜", by=lin), body="又停了", by=lin)
    link(("message", message.pk), topic, by_id=lin.pk)
    assert timeline_of(topic, lin).stations[0].text == "2 needs"
    for need in needs:
        unlink(("need", need.pk), topic)
    assert [card.kind for card in timeline_of(topic, lin).cards[0]] == ["message"]


def test_glyphs_show_how_far_a_line_has_come_and_what_is_late(
    needs: list[Need], topic: Reference, is_late: dict[Reference, int]
) -> None:
    first, second = (("need", need.pk) for need in needs)
    LineageProgress.objects.filter(kind="need", thing_id=second[1]).delete()
    note_reached(first, 3)
    is_late[first] = 4
    glyphs = glyphs_for([first, second, topic])
    assert {key: glyph.signature for key, glyph in glyphs.items()} == {
        first: "dddhlt",
        second: "httttt",
        topic: "dhtttt",
    }
    assert glyphs[first].sentence == "Knowledge"


def test_taking_back_one_link_leaves_all_others(needs: list[Need], topic: Reference, lin: Person) -> None:
    source, target = ("need", needs[0].pk), ("topic", 700)
    others = {
        ("topic", needs[0].pk, *target),
        ("need", needs[1].pk, *target),
        (*source, "gathering", 700),
        (*source, "topic", 701),
    }
    before = all_links()
    for item in (*others, (*source, *target)):
        link(item[:2], item[2:], by_id=lin.pk)
    unlink(source, target)
    assert all_links() == before | others


def test_stations_of_other_things_stay_when_a_link_is_taken_back(needs: list[Need], lin: Person) -> None:
    source, other_kind, other_id = ("need", needs[0].pk), ("message", needs[0].pk), ("need", needs[1].pk)
    link(source, ("topic", 700), by_id=lin.pk)
    for thing in (other_kind, other_id):
        note_reached(thing, 4)
    unlink(source, ("topic", 700))
    assert reached([source, other_kind, other_id]) == {source: 0, other_kind: 4, other_id: 4}


def test_a_line_that_moves_on_moves_nobody_elses(needs: list[Need]) -> None:
    first, second = (("need", need.pk) for need in needs)
    note_reached(second, 0)
    note_reached(first, 1)
    note_reached(first, 3)
    assert reached([first, second]) == {first: 3, second: 0}


def test_a_walk_follows_its_own_line_up_and_down(lin: Person) -> None:
    chain = [("need", 1), ("topic", 2), ("gathering", 3)]
    for source, target in pairwise(chain):
        link(source, target, by_id=lin.pk)
    link(("need", 2), ("topic", 9), by_id=lin.pk)
    assert walk([chain[0]], upwards=False) == chain[1:]
    assert walk([chain[2]], upwards=True) == [chain[1], chain[0]]
    assert walk([chain[0]], upwards=True) == []


def test_a_walk_ends_where_nobody_reads_on(lin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 6):
        link(("topic", number), ("topic", number + 1), by_id=lin.pk)
    monkeypatch.setattr(linking, "MAX_WALK", 3)
    assert walk([("topic", 1)], upwards=False) == [("topic", 2), ("topic", 3)]


def test_a_thing_without_a_station_counts_as_the_first() -> None:
    assert (station_of(("message", 1)), station_of(("topic", 1))) == (0, 1)
