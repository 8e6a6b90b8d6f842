"""A form that is open stays good while others support, comment, vote and decide: only changed words make it stale."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.needs.merging import merge_needs, undo_need_merge
from zhiliu.needs.models import Need, Topic
from zhiliu.needs.queries import need_list, need_rows
from zhiliu.needs.topics import edit_topic, make_topic, set_state, vote_for_topic
from zhiliu.needs.voicing import close_need, edit_need, reopen_need, set_support, voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(community: Community, wang: Person) -> Need:
    return voice_need(community, title="压缩机半夜停机", by=wang)


@pytest.fixture
def topic(community: Community, need: Need, lin: Person) -> Topic:
    return make_topic(community, [need], title="夜班", for_whom="值夜的人", take_home="单子", by=lin)


def test_an_open_form_of_a_need_outlives_support_and_decisions(
    need: Need, community: Community, wang: Person, xu: Person, lin: Person
) -> None:
    seen = need.version
    set_support(need, on=True, by=xu)
    close_need(need, reason="厂家已换件", by=lin)
    reopen_need(need, by=lin)
    other = voice_need(community, title="半夜停机怎么办", by=xu)
    undo_need_merge(merge_needs(other, need, by=lin), by=lin)
    undo_need_merge(merge_needs(need, other, by=lin), by=lin)
    make_topic(community, [need], title="夜班", for_whom="值夜的人", take_home="单子", by=lin)
    edit_need(need, title="压缩机停机", body="每周两次", by=wang, version=seen)
    saved = Need.objects.get(pk=need.pk)
    assert (saved.title, saved.body, saved.version) == ("压缩机停机", "每周两次", seen + 1)


def test_an_open_form_of_a_topic_outlives_votes_and_its_state(topic: Topic, lin: Person, xu: Person) -> None:
    seen = topic.version
    vote_for_topic(topic, on=True, by=xu)
    set_state(topic, Topic.State.PLANNED, by_id=lin.pk)
    edit_topic(topic, by=lin, version=seen, pains="每周")
    saved = Topic.objects.get()
    assert (saved.pains, saved.state, saved.vote_count, saved.version) == ("每周", "planned", 1, seen + 1)


def test_a_row_is_drawn_anew_when_a_need_is_closed_for_another_reason(
    need: Need, community: Community, lin: Person
) -> None:
    keys: list[Any] = []
    for reason in ("做不了", "厂家已换件"):
        close_need(need, reason=reason, by=lin)
        keys += [row.key for row in need_rows(need_list(community, lin, show="closed"))]
        reopen_need(need, by=lin)
    assert keys[0] != keys[1]
