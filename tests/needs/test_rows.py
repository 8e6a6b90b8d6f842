"""What rows of needs are drawn from, which needs are near one another, and when a topic's state is announced."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs import queries
from zhiliu.needs.models import Need, Topic
from zhiliu.needs.queries import need_list, need_rows, similar_needs
from zhiliu.needs.topics import make_topic, set_state
from zhiliu.needs.voicing import voice_need
from zhiliu.search.index import Found, Hit

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(community: Community, wang: Person) -> Need:
    return voice_need(community, title="压缩机半夜停机", by=wang)


def names(community: Community, viewer: Person) -> list[Any]:
    return [row.key[2] for row in need_rows(need_list(community, viewer))]


def test_a_row_is_drawn_anew_when_its_author_has_another_name_or_is_gone(
    need: Need, community: Community, wang: Person, lin: Person
) -> None:
    assert names(community, lin) == [(wang.name, "")]
    Person.objects.filter(pk=wang.pk).update(name="王二")
    assert names(community, lin) == [("王二", "")]
    Need.objects.update(by=None)
    assert names(community, lin) == [("", "")]


def test_the_state_of_a_topic_is_announced_when_it_changes_and_not_again(
    need: Need, community: Community, lin: Person
) -> None:
    topic = make_topic(community, [need], title="夜班", for_whom="值夜的人", take_home="单子", by=lin)
    for _turn in range(2):
        set_state(topic, Topic.State.PLANNED, by_id=lin.pk)
    assert (topic.state, Topic.objects.get().state) == ("planned", "planned")
    rows = Activity.objects.filter(verb="needs.topic_changed")
    assert [(row.by_id, row.data["topic_id"]) for row in rows] == [(lin.pk, topic.pk)]


def test_what_is_far_less_alike_than_the_nearest_is_left_out(
    community: Community, wang: Person, lin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = [voice_need(community, title=title, by=wang) for title in ("一", "二", "三", "四")]
    scores = [100.0, 36.0, 35.0, 34.0]
    hits = [Hit("need", need.pk, score, need.title, "", (), 0) for need, score in zip(needs, scores, strict=True)]
    monkeypatch.setattr(queries, "find", lambda *args, **kwargs: Found(hits, {}))
    assert [card.title for card in similar_needs("停机", lin)] == ["一", "二"]


def test_only_the_need_itself_is_left_out_and_no_topic_of_its_number(
    need: Need, community: Community, lin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = make_topic(community, [need], title="夜班", for_whom="值夜的人", take_home="单子", by=lin)
    hits = [Hit(kind, key, 1.0, "", "", (), 0) for kind, key in (("need", need.pk), ("topic", topic.pk))]
    monkeypatch.setattr(queries, "find", lambda *args, **kwargs: Found(hits, {}))
    cards = similar_needs("停机", lin, kinds=("need", "topic"), leave_out=topic.pk)
    assert "夜班" in [card.title for card in cards]
