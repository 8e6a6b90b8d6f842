"""Lists of channels and direct messages: what stands in them, under which name, and what is heard of them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import fresh, gone, make_community, make_person
from zhiliu.communities.models import Community
from zhiliu.conversations.message_range import MessageRange, message_range, number_on
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import close_channel, open_channel, open_talk
from zhiliu.conversations.posting import post
from zhiliu.conversations.queries import (
    ChannelRow,
    changes_after,
    channel_title,
    channels_heard,
    mine_among,
    partner_in,
    partners_heard,
    pinned,
    resting_in,
    rows_of_communities,
    rows_of_community,
    rows_of_memberships,
    talks,
    thread_of,
    unread_in_all,
)
from zhiliu.conversations.reacting import bookmark, pin, react
from zhiliu.conversations.read_state import choose_involvement, membership_of, put_away, read_to
from zhiliu.directory.models import Person
from zhiliu.notifications.quiet import rest_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="日常事", by=lin)


@pytest.fixture
def other(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="闲聊", by=lin)


def posted(channel: Channel, body: str, by: Person, root: Message | None = None) -> Message:
    message = post(channel, body=body, by=by, root=root)
    assert isinstance(message, Message)
    return message


def names(rows: list[ChannelRow]) -> list[str]:
    return [row.name for row in rows]


# -- messages of a channel --------------------------------------------------------------------------------------------


def test_changes_and_replies_are_those_of_one_channel_and_one_thread(
    channel: Channel, other: Channel, lin: Person
) -> None:
    root, elsewhere = posted(channel, "谁有样例", lin), posted(other, "周五见", lin)
    replies = [posted(channel, text, lin, root) for text in ("我有", "我也有")]
    posted(other, "好", lin, elsewhere)
    assert changes_after(channel, 0) == ([replies[0], replies[1], root], False)
    assert thread_of(root).messages == replies
    assert thread_of(root, after=1).messages == replies[1:]


@pytest.mark.parametrize(("limit", "more"), [(1, True), (2, False), (3, False)])
def test_there_is_more_only_beyond_what_is_shown(channel: Channel, lin: Person, limit: int, more: bool) -> None:
    root = posted(channel, "谁有样例", lin)
    for text in ("我有", "我也有"):
        posted(channel, text, lin, root)
    assert thread_of(root, size=limit).newer is more
    # The message above them changed with each of them, and counts once.
    assert changes_after(channel, 2, limit)[1] is more


def range_of(window: MessageRange) -> tuple[list[int], bool, bool]:
    return [message.number for message in window.messages], window.older, window.newer


@pytest.mark.parametrize(
    ("near", "numbers", "older", "newer"),
    [
        ({}, [4, 5, 6], True, False),
        ({"size": 6}, [1, 2, 3, 4, 5, 6], False, False),
        ({"before": 4}, [1, 2, 3], False, True),
        ({"before": 3}, [1, 2], False, True),
        ({"before": 5}, [2, 3, 4], True, True),
        ({"after": 3}, [4, 5, 6], True, False),
        ({"after": 2}, [3, 4, 5], True, True),
        ({"around": 4}, [3, 4, 5], True, True),
        ({"around": 1}, [1, 2, 3], False, True),
    ],
)
def test_a_channel_is_read_in_ranges(
    channel: Channel, lin: Person, near: dict[str, int], numbers: list[int], older: bool, newer: bool
) -> None:
    root, *_others = [posted(channel, f"第 {number} 句", lin) for number in range(1, 7)]
    posted(channel, "回一句", lin, root)
    channel.refresh_from_db()
    assert range_of(message_range(channel, **{"size": 3, **near})) == (numbers, older, newer)


def test_a_day_leads_to_its_first_message_or_to_the_last_one_there_is(
    channel: Channel, other: Channel, lin: Person
) -> None:
    now = timezone.now()
    posted(other, "别处", lin)
    said = [posted(channel, text, lin) for text in ("前天", "昨天", "今天")]
    reply = posted(channel, "昨天回的", lin, said[0])
    for age, message in zip((50, 26, 2, 40), (*said, reply), strict=True):
        Message.objects.filter(pk=message.pk).update(at=now - dt.timedelta(hours=age))
    channel.refresh_from_db()
    days = [now - dt.timedelta(hours=hours) for hours in (60, 48, 26, 25, 0)]
    assert [number_on(channel, day) for day in days] == [1, 2, 2, 3, 3]


def test_readers_see_their_own_marks_on_the_messages_shown_and_no_others(
    channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    first, second, third = (posted(channel, text, lin) for text in ("一", "二", "三"))
    for message, person in ((first, wang), (first, xu), (second, wang), (third, xu)):
        react(message, "useful", by=person)
        bookmark(message, by=person)
    assert mine_among(wang, [first, third]) == {first.pk: {"reactions": ["useful"], "bookmark": True}}


def test_pins_are_those_of_the_channel_latest_first(channel: Channel, other: Channel, lin: Person) -> None:
    assert pinned(channel) == []
    first, second, _loose, elsewhere = (
        *(posted(channel, text, lin) for text in ("一", "二", "三")),
        posted(other, "四", lin),
    )
    for message in (second, first, elsewhere):
        pin(message, by=lin)
    assert pinned(channel) == [first, second]


# -- lists of channels ------------------------------------------------------------------------------------------------


def test_ones_list_holds_open_channels_one_is_in(
    channel: Channel, other: Channel, community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    closed = open_channel(community, name="旧的", by=lin)
    for item in (channel, closed):
        membership_of(item, wang)
    membership_of(other, xu)
    close_channel(closed, by=lin)
    assert names(rows_of_memberships(fresh(wang))) == ["日常事"]


def test_a_channel_out_of_reach_leaves_the_list_and_the_others_stay(
    channel: Channel, closed_community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    inner = open_channel(closed_community, name="报价", by=lin)
    talk = open_talk([xu], by=wang)
    for item in (channel, inner):
        membership_of(item, wang)
    assert {row.pk for row in rows_of_memberships(fresh(wang))} == {channel.pk, inner.pk, talk.pk}
    closed_community.memberships.filter(person=wang).delete()
    assert {row.pk for row in rows_of_memberships(fresh(wang))} == {channel.pk, talk.pk}


def test_a_channel_of_an_open_community_one_is_no_member_of_stays_in_the_list(channel: Channel, sun: Person) -> None:
    membership_of(channel, sun)
    assert names(rows_of_memberships(fresh(sun))) == ["日常事"]


@pytest.mark.parametrize(
    ("involvement", "read", "shown"),
    [
        ("mentions", 0, (2, True, False)),
        ("mentions", 2, (0, False, False)),
        ("everything", 1, (1, True, False)),
        ("nothing", 0, (2, False, True)),
    ],
)
def test_a_channel_is_new_while_there_is_something_unread_and_it_is_not_muted(
    channel: Channel, lin: Person, wang: Person, involvement: str, read: int, shown: tuple[int, bool, bool]
) -> None:
    membership_of(channel, wang)
    for text in ("一", "二"):
        posted(channel, text, lin)
    channel.refresh_from_db()
    read_to(channel, read, by=wang)
    choose_involvement(channel, involvement, by=wang)
    (row,) = rows_of_memberships(fresh(wang))
    assert (row.unread, row.is_new, row.is_muted) == shown
    assert unread_in_all([row]) == (shown[0] if shown[1] else 0, 0)


def test_a_community_lists_its_open_public_channels_and_ones_private_ones(
    community: Community, channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    elsewhere = make_community(lin, wang, name="制冷组")
    open_channel(elsewhere, name="别处", by=lin)
    open_channel(community, name="小组", kind=Channel.Kind.PRIVATE, by=wang)
    open_channel(community, name="没有王", kind=Channel.Kind.PRIVATE, by=xu)
    close_channel(open_channel(community, name="旧的", by=lin), by=lin)
    posted(channel, "早", lin)
    membership_of(channel, wang)
    assert names(rows_of_community(community.pk, fresh(wang))) == ["小组", "日常事"]
    found = rows_of_communities([community.pk], fresh(wang))
    assert {key: names(rows) for key, rows in found.items()} == {community.pk: ["小组", "日常事"]}
    both = rows_of_communities([community.pk, elsewhere.pk], fresh(wang))
    assert {key: names(rows) for key, rows in both.items()} == {
        community.pk: ["小组", "日常事"],
        elsewhere.pk: ["别处"],
    }
    person = fresh(wang)
    assert [names(rows_of_community(key, person)) for key in (elsewhere.pk, community.pk)] == [
        ["别处"],
        ["小组", "日常事"],
    ]


def test_a_channel_one_never_visited_is_new_once_something_was_said_there(
    community: Community, channel: Channel, other: Channel, lin: Person, xu: Person
) -> None:
    posted(channel, "早", lin)
    shown = {row.name: (row.is_new, row.unread) for row in rows_of_community(community.pk, fresh(xu))}
    assert shown == {"日常事": (True, 0), "闲聊": (False, 0)}


# -- direct messages --------------------------------------------------------------------------------------------------


def test_direct_messages_are_listed_latest_first_under_the_names_of_the_others(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    membership_of(channel, lin)
    pair, group, alone = open_talk([wang], by=lin), open_talk([xu, zhao], by=lin), open_talk([], by=lin)
    open_talk([xu], by=wang)
    for talk in (pair, group):
        posted(talk, "在吗", lin)
    found = talks(rows_of_memberships(fresh(lin)), fresh(lin))
    assert [(row.pk, row.name) for row in found] == [
        (group.pk, "徐小满, 赵敏"),
        (pair.pk, "王一帆"),
        (alone.pk, "林晓岚"),
    ]
    assert [row.presence is not None for row in found] == [False, True, False]
    assert [row.people for row in found] == [[xu, zhao], [wang], [lin]]
    assert [channel_title(talk, lin) for talk in (group, pair, alone)] == ["徐小满, 赵敏", "王一帆", "林晓岚"]


def test_a_direct_message_may_have_a_name_of_its_own_and_a_channel_keeps_its(
    channel: Channel, lin: Person, wang: Person
) -> None:
    talk = open_talk([wang], by=lin)
    Channel.objects.filter(pk=talk.pk).update(name="出差")
    talk.refresh_from_db()
    assert (channel_title(talk, lin), channel_title(channel, lin)) == ("出差", "日常事")
    assert names(talks(rows_of_memberships(fresh(lin)), lin)) == ["出差"]


def test_the_partner_is_the_other_one_of_two_while_they_work_here(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    membership_of(channel, lin)
    membership_of(channel, wang)
    pair, group, alone = open_talk([wang], by=lin), open_talk([wang, xu], by=lin), open_talk([], by=lin)
    assert [partner_in(item, fresh(lin)) for item in (pair, group, alone, channel)] == [wang, None, None, None]
    stranger = make_person("wu", name="吴越")
    guests = open_talk([stranger], by=lin)
    ChannelMembership.objects.filter(channel=guests, person=lin).update(person=zhao)
    assert partner_in(guests, fresh(zhao)) is None
    assert partner_in(pair, fresh(wang)) == lin
    gone(wang)
    assert partner_in(pair, fresh(lin)) is None


def test_who_rests_is_said_in_direct_messages_to_the_others(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    group, pair = open_talk([wang, xu], by=lin), open_talk([xu], by=lin)
    membership_of(channel, wang)
    until = timezone.now() + dt.timedelta(hours=2)
    for person in (wang, lin, zhao):
        rest_until(until, by=person)
    assert resting_in(group, fresh(lin)) == [(wang, until)]
    assert (resting_in(pair, fresh(lin)), resting_in(channel, fresh(lin))) == ([], [])


# -- what every page hears --------------------------------------------------------------------------------------------


def test_marks_are_heard_of_open_channels_one_is_in_and_of_the_public_ones_of_ones_communities(
    community: Community, closed_community: Community, channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    elsewhere = open_channel(closed_community, name="报价", by=lin)
    private = open_channel(community, name="小组", kind=Channel.Kind.PRIVATE, by=wang, people=[xu])
    hidden = open_channel(community, name="没有徐", kind=Channel.Kind.PRIVATE, by=wang)
    closed, old = (open_channel(community, name=name, by=lin) for name in ("旧的", "更旧的"))
    membership_of(old, xu)
    for item in (closed, old):
        close_channel(item, by=lin)
    talk, _theirs = open_talk([lin], by=xu), open_talk([wang], by=lin)
    assert channels_heard(fresh(xu)) == {channel.pk, private.pk, talk.pk}
    assert channels_heard(fresh(wang)) >= {elsewhere.pk, hidden.pk}


def test_presence_is_heard_of_partners_of_direct_messages_that_are_not_put_away(
    channel: Channel, lin: Person, wang: Person, xu: Person, zhao: Person
) -> None:
    for person in (lin, zhao):
        membership_of(channel, person)
    open_talk([wang], by=lin)
    put_away(open_talk([xu], by=lin), by=lin)
    open_talk([zhao], by=wang)
    assert partners_heard(fresh(lin)) == {wang.pk}
