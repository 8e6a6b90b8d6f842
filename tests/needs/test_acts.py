"""Each act with needs and topics asks its rule, touches what it names, and is announced when it changed something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from zhiliu.activity.models import Activity
from zhiliu.comments.voting import set_vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.merging import merge_needs, undo_need_merge
from zhiliu.needs.models import Need, Support, Topic
from zhiliu.needs.queries import need_list, on_the_way, open_needs_like
from zhiliu.needs.topics import add_needs, edit_topic, make_topic, set_state, vote_for_topic
from zhiliu.needs.voicing import close_need, edit_need, reopen_need, set_support, voice_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def need(community: Community, wang: Person) -> Need:
    return voice_need(community, title="压缩机半夜停机", by=wang)


@pytest.fixture
def other(community: Community, xu: Person) -> Need:
    return voice_need(community, title="门关不上", by=xu)


@pytest.fixture
def secret(closed_community: Community, lin: Person) -> Need:
    return voice_need(closed_community, title="底价", by=lin)


def topic_of(community: Community, *needs: Need, by: Person, title: str = "夜班") -> Topic:
    return make_topic(community, needs, title=title, for_whom="值夜的人", take_home="一张单子", by=by)


def log(verb: str) -> int:
    return Activity.objects.filter(verb=f"needs.{verb}").count()


def states(*needs: Need) -> list[str]:
    return [Need.objects.get(pk=need.pk).state for need in needs]


def test_nobody_voices_where_they_see_nothing_or_in_the_archive(
    community: Community, closed_community: Community, wang: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden, match="Only members can see"):
        voice_need(closed_community, title="底价", by=sun)
    community.phase = Community.Phase.ARCHIVED
    with pytest.raises(Forbidden, match="archived"):
        voice_need(community, title="停机", by=wang)
    assert (Need.objects.count(), log("need_voiced")) == (0, 0)


def test_a_voiced_need_is_announced_and_an_anonymous_one_without_its_author(community: Community, wang: Person) -> None:
    voice_need(community, title="停机", by=wang)
    assert (log("need_voiced"), log("anonymous_need_voiced")) == (1, 0)
    voice_need(community, title="没人教我", by=wang, anonymous=True)
    assert (log("need_voiced"), log("anonymous_need_voiced")) == (1, 1)


def test_nobody_supports_what_they_do_not_see_nor_a_merged_need(
    secret: Need, need: Need, other: Need, lin: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        set_support(secret, on=True, by=sun)
    merge_needs(need, other, by=lin)
    need.refresh_from_db()
    with pytest.raises(Refused, match="merged into another"):
        set_support(need, on=True, by=sun)
    assert not Support.objects.filter(by=sun).exists()


def test_support_taken_back_is_that_of_one_need_and_announced_when_it_changes(
    need: Need, community: Community, lin: Person, sun: Person
) -> None:
    second = voice_need(community, title="门关不上", by=lin)
    for item in (need, need, second):
        set_support(item, on=True, by=sun)
    assert log("need_supported") == 2
    for _ in range(2):
        assert set_support(need, on=False, by=sun).support_count == 0
    assert [(row.need_id, row.by_id) for row in Support.objects.all()] == [(second.pk, sun.pk)]
    assert log("need_supported") == 3


def test_a_need_is_edited_by_author_and_moderators_alone(need: Need, other: Need, xu: Person, lin: Person) -> None:
    with pytest.raises(Forbidden, match="moderate"):
        edit_need(need, title="改", body="", by=xu, version=need.version)
    assert (Need.objects.get(pk=need.pk).title, log("need_changed")) == ("压缩机半夜停机", 0)
    assert edit_need(need, title="压缩机停机", body="半夜", by=lin, version=need.version).title == "压缩机停机"
    assert (Need.objects.get(pk=other.pk).title, log("need_changed")) == ("门关不上", 1)


def test_a_need_is_closed_and_opened_again_by_moderators_once(
    need: Need, other: Need, lin: Person, wang: Person
) -> None:
    for act in (lambda: close_need(need, reason="已解决", by=wang), lambda: reopen_need(need, by=wang)):
        with pytest.raises(Forbidden, match="Who can moderate"):
            act()
    for _ in range(2):
        assert close_need(need, reason="已解决", by=lin).reason == "已解决"
    assert (states(need, other), log("need_closed")) == (["closed", "open"], 1)
    close_need(other, reason="重复", by=lin)
    for _ in range(2):
        assert reopen_need(need, by=lin).reason == ""
    assert (states(need, other), log("need_reopened")) == (["open", "closed"], 1)


def test_a_topic_is_not_reopened_as_a_need(need: Need, community: Community, lin: Person) -> None:
    topic_of(community, need, by=lin)
    reopen_need(need, by=lin)
    assert (states(need), log("need_reopened")) == (["topic"], 0)


def test_a_merge_is_announced_once_and_takes_only_open_needs(
    need: Need, other: Need, community: Community, lin: Person, wang: Person
) -> None:
    third = voice_need(community, title="灯坏了", by=wang)
    assert merge_needs(need, other, by=lin) == merge_needs(need, other, by=lin)
    assert log("needs_merged") == 1
    for source, target in ((need, third), (third, need)):
        with pytest.raises(Refused, match="has been merged or closed"):
            merge_needs(source, target, by=lin)
    merge = merge_needs(third, other, by=lin)
    assert (merge.need_id, log("needs_merged"), states(need, other, third)) == (
        third.pk,
        2,
        ["merged", "open", "merged"],
    )


def test_nothing_is_merged_into_a_closed_need(need: Need, other: Need, lin: Person) -> None:
    close_need(other, reason="已解决", by=lin)
    with pytest.raises(Refused, match="has been merged or closed"):
        merge_needs(need, other, by=lin)
    assert (states(need, other), log("needs_merged")) == (["open", "closed"], 0)


def test_the_author_of_the_remaining_need_is_no_supporter_of_it(
    need: Need, other: Need, lin: Person, xu: Person
) -> None:
    set_support(need, on=True, by=xu)
    merge = merge_needs(need, other, by=lin)
    assert merge.moved_supporters == [need.by_id]
    assert [row.by_id for row in other.supports.all()] == [need.by_id]


def test_a_merge_is_undone_by_moderators_and_takes_back_what_it_moved(
    need: Need, other: Need, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    third = voice_need(community, title="灯坏了", by=lin)
    set_support(third, on=True, by=wang)
    merge = merge_needs(need, other, by=lin)
    with pytest.raises(Forbidden, match="Who can moderate"):
        undo_need_merge(merge, by=wang)
    assert states(need) == ["merged"]
    close_need(third, reason="已换", by=lin)
    undo_need_merge(merge, by=lin)
    assert (states(need, other, third), log("merge_undone")) == (["open", "open", "closed"], 1)
    assert [(row.need_id, row.by_id) for row in Support.objects.all()] == [(third.pk, wang.pk)]
    assert Need.objects.get(pk=other.pk).support_count == 0


def test_members_make_topics_of_open_needs_of_their_community(
    need: Need, secret: Need, community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    with pytest.raises(Forbidden, match="Join the community first"):
        topic_of(community, need, by=sun)
    with pytest.raises(Refused, match="Only open needs of this community"):
        topic_of(community, need, secret, by=lin)
    close_need(need, reason="已解决", by=lin)
    with pytest.raises(Refused, match="Only open needs of this community"):
        topic_of(community, need, by=wang)
    assert (Topic.objects.count(), states(need, secret), log("topic_created")) == (0, ["closed", "open"], 0)


def test_needs_joined_to_a_topic_take_their_merged_ones_along_and_no_others(
    need: Need, other: Need, community: Community, lin: Person
) -> None:
    rest = voice_need(community, title="灯坏了", by=lin)
    merge_needs(other, need, by=lin)
    topic = topic_of(community, need, by=lin)
    assert [Need.objects.get(pk=item.pk).topic_id for item in (need, other, rest)] == [topic.pk, topic.pk, None]
    assert states(need, other, rest) == ["topic", "merged", "open"]
    add_needs(topic, [rest], by_id=lin.pk)
    assert states(rest) == ["topic"]


def test_a_topic_is_edited_by_author_and_moderators_and_no_other_topic_changes(
    need: Need, other: Need, community: Community, wang: Person, xu: Person, lin: Person
) -> None:
    topic, second = topic_of(community, need, by=wang), topic_of(community, other, by=wang, title="门")
    with pytest.raises(Forbidden, match="moderate"):
        edit_topic(topic, by=xu, version=topic.version, title="改")
    assert (Topic.objects.get(pk=topic.pk).title, log("topic_changed")) == ("夜班", 0)
    assert edit_topic(topic, by=lin, version=topic.version, title="夜班常见故障").title == "夜班常见故障"
    assert (Topic.objects.get(pk=second.pk).title, log("topic_changed")) == ("门", 1)


def test_a_topic_s_state_is_told_once_and_is_its_own(
    need: Need, other: Need, community: Community, lin: Person
) -> None:
    topic, second = topic_of(community, need, by=lin), topic_of(community, other, by=lin, title="门")
    for _ in range(2):
        set_state(topic, Topic.State.DROPPED, by_id=lin.pk)
    assert (topic.state, Topic.objects.get(pk=topic.pk).state, log("topic_changed")) == ("dropped", "dropped", 1)
    assert Topic.objects.get(pk=second.pk).state == "open"


def test_votes_are_those_of_one_topic_by_people_who_see_it(
    need: Need, other: Need, secret: Need, community: Community, closed_community: Community, lin: Person, sun: Person
) -> None:
    topic, second = topic_of(community, need, by=lin), topic_of(community, other, by=lin, title="门")
    hidden = topic_of(closed_community, secret, by=lin)
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        vote_for_topic(hidden, on=True, by=sun)
    set_vote("question", topic.pk, on=True, by=lin)
    vote_for_topic(second, on=True, by=lin)
    vote_for_topic(topic, on=True, by=sun)
    counts = [Topic.objects.get(pk=item.pk).vote_count for item in (topic, second, hidden)]
    assert counts == [1, 1, 0]


def test_a_list_holds_the_needs_of_its_community_in_their_state_and_one_s_own_support(
    need: Need, other: Need, secret: Need, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    closed = voice_need(community, title="灯坏了", by=lin)
    close_need(closed, reason="已换", by=lin)
    set_support(need, on=True, by=xu)
    set_support(other, on=True, by=wang)
    rows = {row.pk: row.i_support for row in need_list(community, wang)}
    assert rows == {need.pk: False, other.pk: True}
    assert [row.pk for row in need_list(community, wang, show="closed")] == [closed.pk]
    topic_of(community, need, by=lin)
    assert [row.pk for row in need_list(community, wang, show="topics")] == [need.pk]


def test_topics_on_the_way_are_those_of_the_community_that_were_not_dropped(
    need: Need, other: Need, secret: Need, community: Community, closed_community: Community, lin: Person
) -> None:
    topic, dropped = topic_of(community, need, by=lin), topic_of(community, other, by=lin, title="门")
    topic_of(closed_community, secret, by=lin)
    set_state(dropped, Topic.State.DROPPED, by_id=lin.pk)
    assert [row.topic.pk for row in on_the_way(community, lin)] == [topic.pk]


def test_a_need_is_merged_into_others_of_its_community_that_go_on(
    need: Need, other: Need, secret: Need, community: Community, lin: Person
) -> None:
    merged, closed = (voice_need(community, title=title, by=lin) for title in ("灯坏了", "灯又坏了"))
    merge_needs(merged, need, by=lin)
    close_need(closed, reason="已换", by=lin)
    assert [item.pk for item in open_needs_like(need)] == [other.pk]


def test_in_an_archived_community_nothing_is_edited_supported_or_voted_for(
    need: Need, other: Need, community: Community, lin: Person, sun: Person
) -> None:
    topic = topic_of(community, other, by=lin)
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    need, topic = Need.objects.get(pk=need.pk), Topic.objects.get(pk=topic.pk)
    assert need.by is not None
    for act in (
        lambda: edit_need(need, title="改", body="", by=need.by, version=need.version),
        lambda: edit_topic(topic, by=lin, version=topic.version, pains="每周"),
        lambda: set_support(need, on=True, by=sun),
        lambda: vote_for_topic(topic, on=True, by=sun),
    ):
        with pytest.raises(Forbidden, match="This community is archived and read-only"):
            act()
    assert (Need.objects.get(pk=need.pk).title, Topic.objects.get().pains) == ("压缩机半夜停机", "")
    assert (Support.objects.count(), Topic.objects.get().vote_count) == (0, 0)
