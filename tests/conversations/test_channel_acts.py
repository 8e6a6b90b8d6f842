"""Channels are opened, changed and closed, people let in and out: each act asks its rule and is announced once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community, Membership
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import (
    MOST_IN_TALK,
    change_channel,
    close_channel,
    leave_talk,
    let_in,
    open_channel,
    open_talk,
    reopen_channel,
    take_out,
)
from zhiliu.conversations.posting import post
from zhiliu.conversations.read_state import choose_involvement, membership_of, put_away, read_to, unread_from
from zhiliu.conversations.speaking_turn import free_floor, free_floors_of, give_floor
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(community: Community, wang: Person) -> Channel:
    return open_channel(community, name="日常事", by=wang)


@pytest.fixture
def other(community: Community, wang: Person) -> Channel:
    return open_channel(community, name="闲聊", by=wang)


@pytest.fixture
def private(community: Community, wang: Person) -> Channel:
    """Wang is alone in it."""
    return open_channel(community, name="报价组", kind=Channel.Kind.PRIVATE, by=wang)


def again(channel: Channel) -> Channel:
    return Channel.objects.select_related("community").get(pk=channel.pk)


def aside(channel: Channel, by: Person) -> Message:
    """The message under which others talk along."""
    message = post(channel, body="旁边说", by=by)
    assert isinstance(message, Message)
    return message


def log(verb: str, channel: Channel) -> list[int | None]:
    """Who did it to the channel, each time."""
    rows = Activity.objects.filter(verb=f"conversations.{verb}").order_by("pk")
    return [row.by_id for row in rows if row.data["channel_id"] == channel.pk]


def inside(channel: Channel) -> set[str]:
    return set(ChannelMembership.objects.filter(channel=channel).values_list("person__handle", flat=True))


# -- open, change, close ----------------------------------------------------------------------------------------------


def test_who_is_no_member_opens_no_channel(community: Community, sun: Person) -> None:
    with pytest.raises(Forbidden):
        open_channel(community, name="外人的", by=sun)
    assert not Channel.objects.filter(name="外人的").exists()


def test_a_channel_is_opened_once_under_a_name_and_announced(
    channel: Channel, community: Community, xu: Person
) -> None:
    with pytest.raises(Refused, match="A channel with this name already exists"):
        open_channel(community, name="日常事", by=xu)
    assert (Channel.objects.filter(name="日常事").count(), log("channel_opened", channel)) == (1, [channel.by_id])


def test_a_name_is_free_in_another_community_and_where_its_channel_was_closed(
    channel: Channel, community: Community, closed_community: Community, wang: Person
) -> None:
    open_channel(closed_community, name="日常事", by=wang)
    close_channel(channel, by=wang)
    open_channel(community, name="日常事", by=wang)
    assert Channel.objects.filter(name="日常事").count() == 3


def test_a_channel_is_changed_by_who_opened_it_or_moderates_only(channel: Channel, xu: Person) -> None:
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        change_channel(channel, by=xu, version=channel.version, purpose="我的")
    assert (again(channel).purpose, log("channel_changed", channel)) == ("", [])


def test_nobody_changes_or_closes_a_talk(wang: Person, lin: Person) -> None:
    talk = open_talk([wang], by=lin)
    for act in (close_channel, reopen_channel):
        with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
            act(talk, by=fresh(lin))
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        change_channel(talk, by=fresh(lin), version=talk.version, purpose="我们")
    assert (again(talk).closed_at, again(talk).purpose, log("channel_changed", talk)) == (None, "", [])


def test_changing_a_channel_touches_no_other_and_is_announced(channel: Channel, other: Channel, wang: Person) -> None:
    change_channel(channel, by=wang, version=channel.version, name="日常小事", purpose="随便说")
    assert (again(channel).name, again(channel).purpose) == ("日常小事", "随便说")
    assert (again(other).name, again(other).purpose, again(other).version) == ("闲聊", "", other.version)
    assert (log("channel_changed", channel), log("channel_changed", other)) == ([wang.pk], [])


def test_a_channel_changed_meanwhile_or_named_like_another_is_not_changed(
    channel: Channel, other: Channel, wang: Person
) -> None:
    with pytest.raises(Refused, match="Someone else changed this"):
        change_channel(channel, by=wang, version=channel.version - 1, purpose="旧的")
    with pytest.raises(Refused, match="A channel with this name already exists"):
        change_channel(channel, by=wang, version=channel.version, name=other.name)
    assert (again(channel).name, again(channel).purpose, log("channel_changed", channel)) == ("日常事", "", [])


def test_a_channel_keeps_its_own_name_when_it_is_changed(channel: Channel, wang: Person) -> None:
    change_channel(channel, by=wang, version=channel.version, name="日常事", purpose="随便说")
    assert again(channel).purpose == "随便说"


def test_closing_and_opening_again_touch_one_channel_and_are_announced_once_each(
    channel: Channel, other: Channel, wang: Person
) -> None:
    for _turn in range(2):
        close_channel(channel, by=wang)
    assert again(channel).closed_at is not None
    assert again(other).closed_at is None
    close_channel(other, by=wang)
    for _turn in range(2):
        reopen_channel(channel, by=wang)
    assert again(channel).closed_at is None
    assert again(other).closed_at is not None
    assert log("channel_changed", channel) == [wang.pk, wang.pk]


def test_a_member_who_did_not_open_it_neither_closes_nor_reopens_a_channel(
    channel: Channel, xu: Person, wang: Person
) -> None:
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        close_channel(channel, by=xu)
    assert again(channel).closed_at is None
    close_channel(channel, by=wang)
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        reopen_channel(channel, by=xu)
    assert (again(channel).closed_at is None, log("channel_changed", channel)) == (False, [wang.pk])


def test_a_closed_channel_stays_closed_where_its_name_was_given_away(
    channel: Channel, community: Community, wang: Person
) -> None:
    close_channel(channel, by=wang)
    open_channel(community, name="日常事", by=wang)
    with pytest.raises(Refused, match="A channel with this name already exists"):
        reopen_channel(channel, by=wang)
    assert again(channel).closed_at is not None


def test_in_an_archived_community_nobody_changes_a_channel(
    channel: Channel, community: Community, wang: Person
) -> None:
    Community.objects.filter(pk=community.pk).update(phase=Community.Phase.ARCHIVED)
    with pytest.raises(Forbidden, match="This community is archived and read-only"):
        close_channel(again(channel), by=fresh(wang))
    with pytest.raises(Forbidden, match="This community is archived and read-only"):
        change_channel(again(channel), by=fresh(wang), version=channel.version, purpose="我的")
    assert (again(channel).closed_at, again(channel).purpose, log("channel_changed", channel)) == (None, "", [])


def test_who_opened_a_channel_and_left_the_community_no_longer_keeps_it(
    channel: Channel, community: Community, wang: Person
) -> None:
    Membership.objects.filter(community=community, person=wang).delete()
    with pytest.raises(Forbidden, match="Only the community’s moderators can do this"):
        close_channel(again(channel), by=fresh(wang))
    assert (again(channel).closed_at, log("channel_changed", channel)) == (None, [])


# -- people -----------------------------------------------------------------------------------------------------------


def test_people_are_let_in_by_those_inside_only(private: Channel, xu: Person, lin: Person) -> None:
    with pytest.raises(Forbidden, match="Only participants can add people"):
        let_in(private, [xu], by=lin)
    assert inside(private) == {"wang"}


def test_nobody_is_let_in_who_does_not_see_the_community(
    closed_community: Community, wang: Person, lin: Person, sun: Person
) -> None:
    private = open_channel(closed_community, name="三人", kind=Channel.Kind.PRIVATE, by=wang)
    with pytest.raises(Refused, match="孙立 can’t see this community"):
        let_in(private, [lin, sun], by=wang)
    assert inside(private) == {"wang"}


def test_letting_in_announces_new_people_only_and_once(private: Channel, wang: Person, xu: Person, lin: Person) -> None:
    for people in ([xu], [xu, lin], [xu, lin]):
        let_in(private, people, by=wang)
    rows = Activity.objects.filter(verb="conversations.members_changed").order_by("pk")
    told = [row.data["person_ids"] for row in rows if row.data["channel_id"] == private.pk]
    assert (inside(private), told) == ({"wang", "xu", "lin"}, [[wang.pk], [xu.pk], [lin.pk]])


def test_nobody_is_let_into_a_talk(lin: Person, wang: Person, xu: Person, browse: Any) -> None:
    talk = open_talk([wang], by=lin)
    post(talk, body="私下说一句", by=fresh(lin))
    with pytest.raises(Refused, match="No one can be added to direct messages"):
        let_in(talk, [xu], by=fresh(lin))
    browse(wang).post(f"/channels/{talk.pk}/people/", {"people": xu.pk})
    assert inside(talk) == {"lin", "wang"}
    assert talk not in Channel.objects.visible_to(fresh(xu))


def test_leaving_ends_ones_own_place_in_one_channel_and_is_announced_once(
    community: Community, private: Channel, wang: Person, xu: Person
) -> None:
    second = open_channel(community, name="二组", kind=Channel.Kind.PRIVATE, by=wang, people=[xu])
    let_in(private, [xu], by=wang)
    for _turn in range(2):
        leave_talk(private, by=xu)
    assert (inside(private), inside(second)) == ({"wang"}, {"wang", "xu"})
    assert len(log("members_changed", private)) == 3


def test_neither_a_public_channel_nor_a_talk_is_left(channel: Channel, lin: Person, wang: Person) -> None:
    talk = open_talk([wang], by=lin)
    for thing in (channel, talk):
        with pytest.raises(Refused, match="You can’t leave this channel"):
            leave_talk(thing, by=fresh(wang))
    assert (inside(channel), inside(talk)) == ({"wang"}, {"lin", "wang"})


def test_who_is_taken_out_is_out_of_one_channel_and_it_is_announced_once(
    community: Community, private: Channel, wang: Person, xu: Person, lin: Person
) -> None:
    second = open_channel(community, name="二组", kind=Channel.Kind.PRIVATE, by=wang, people=[xu])
    let_in(private, [xu, lin], by=wang)
    for _turn in range(2):
        take_out(private, xu, by=wang)
    assert (inside(private), inside(second)) == ({"wang", "lin"}, {"wang", "xu"})
    assert len(log("members_changed", private)) == 3


def test_twenty_people_talk_and_twenty_one_do_not(wang: Person) -> None:
    people = [make_person(f"p{number}") for number in range(MOST_IN_TALK)]
    with pytest.raises(Refused, match="at most 20 people"):
        open_talk(people, by=wang)
    assert not Channel.objects.filter(kind=Channel.Kind.TALK).exists()
    talk = open_talk(people[1:], by=wang)
    assert len(inside(talk)) == MOST_IN_TALK


def test_a_talk_is_announced_once(lin: Person, wang: Person) -> None:
    talk = open_talk([wang], by=lin)
    open_talk([lin], by=wang)
    assert log("members_changed", talk) == [lin.pk]


def test_a_guest_talks_with_nobody_they_do_not_see(zhao: Person, sun: Person, community: Community) -> None:
    with pytest.raises(Refused, match="Choose people you can see"):
        open_talk([sun], by=zhao)
    assert not Channel.objects.filter(kind=Channel.Kind.TALK).exists()


# -- how far one has read ---------------------------------------------------------------------------------------------


def read(channel: Channel, person: Person) -> int:
    return ChannelMembership.objects.get(channel=channel, person=person).read_number


def test_who_does_not_see_a_channel_has_no_place_in_it(private: Channel, xu: Person) -> None:
    for act in (read_to, unread_from):
        with pytest.raises(Forbidden, match="Only participants can see this"):
            act(private, 1, by=xu)
    with pytest.raises(Forbidden, match="Only participants can see this"):
        choose_involvement(private, "everything", by=xu)
    assert inside(private) == {"wang"}


def test_reading_goes_on_never_back_and_not_past_the_end(
    channel: Channel, other: Channel, wang: Person, xu: Person, lin: Person
) -> None:
    for thing in (channel, other):
        membership_of(thing, xu)
        membership_of(thing, lin)
        for number in range(3):
            post(thing, body=f"第 {number} 句", by=wang)
    channel = again(channel)
    read_to(channel, 2, by=xu)
    read_to(channel, 1, by=xu)
    assert (read(channel, xu), read(channel, lin), read(other, xu)) == (2, 0, 0)
    read_to(channel, 99, by=xu)
    assert read(channel, xu) == 3


def test_marking_unread_goes_back_to_before_a_message_for_oneself_only(
    channel: Channel, wang: Person, xu: Person, lin: Person
) -> None:
    for number in range(3):
        post(channel, body=f"第 {number} 句", by=wang)
    channel = again(channel)
    for person in (xu, lin):
        membership_of(channel, person)
    unread_from(channel, 2, by=xu)
    assert (read(channel, xu), read(channel, lin)) == (1, 3)
    unread_from(channel, 0, by=xu)
    assert read(channel, xu) == 0
    unread_from(channel, 99, by=xu)
    assert read(channel, xu) == 2


def test_what_one_wants_to_be_told_is_chosen_for_oneself_and_one_channel(
    channel: Channel, other: Channel, wang: Person, xu: Person
) -> None:
    for thing, person in ((channel, xu), (other, xu)):
        membership_of(thing, person)
    before = membership_of(other, xu).involvement
    choose_involvement(channel, "nothing", by=xu)
    chosen = {
        (row.channel_id, row.person_id): row.involvement
        for row in ChannelMembership.objects.filter(channel__in=[channel, other])
    }
    assert chosen == {
        (channel.pk, xu.pk): "nothing",
        (channel.pk, wang.pk): before,
        (other.pk, xu.pk): before,
        (other.pk, wang.pk): before,
    }


def test_a_talk_is_put_away_by_oneself_and_a_channel_never(
    channel: Channel, lin: Person, wang: Person, xu: Person
) -> None:
    talk, second = open_talk([wang], by=lin), open_talk([xu], by=lin)
    for thing in (talk, channel):
        put_away(thing, by=lin)
    hidden = ChannelMembership.objects.filter(hidden_at__isnull=False)
    assert set(hidden.values_list("channel", "person")) == {(talk.pk, lin.pk)}
    assert second.pk != talk.pk


def test_whoever_takes_part_lets_others_in(private: Channel, wang: Person, xu: Person, zhao: Person) -> None:
    let_in(private, [xu], by=wang)
    let_in(private, [zhao], by=fresh(xu))
    assert inside(private) == {"wang", "xu", "zhao"}
    assert log("members_changed", private)[-2:] == [wang.pk, xu.pk]


# -- who has the floor ------------------------------------------------------------------------------------------------


def test_a_floor_is_given_once_and_freed_once_in_one_channel(
    channel: Channel, other: Channel, wang: Person, xu: Person
) -> None:
    asides = {thing.pk: aside(thing, wang) for thing in (channel, other)}
    for thing in (channel, channel, other):
        give_floor(thing, [xu], aside=asides[thing.pk], by=wang)
    assert again(channel).floor == {"people": [xu.pk], "aside": asides[channel.pk].pk}
    for _turn in range(2):
        free_floor(channel)
    assert again(channel).floor is None
    assert again(other).floor == {"people": [xu.pk], "aside": asides[other.pk].pk}
    assert log("speaking_turn_changed", channel) == [wang.pk, None]


def test_who_takes_no_part_gives_nobody_the_floor(channel: Channel, wang: Person, sun: Person) -> None:
    message = aside(channel, wang)
    with pytest.raises(Forbidden, match="Join the community to take part"):
        give_floor(channel, [sun], aside=message, by=sun)
    assert (again(channel).floor, log("speaking_turn_changed", channel)) == (None, [])


def test_leavers_go_from_their_floors_and_others_stay(
    channel: Channel, other: Channel, wang: Person, xu: Person, lin: Person
) -> None:
    for thing, people in ((channel, [xu, lin]), (other, [lin])):
        give_floor(thing, people, aside=aside(thing, wang), by=wang)
    for _turn in range(2):
        free_floors_of([xu.pk])
    assert [again(thing).floor["people"] for thing in (channel, other)] == [[lin.pk], [lin.pk]]  # type: ignore[index]
    assert (log("speaking_turn_changed", channel), log("speaking_turn_changed", other)) == ([wang.pk, None], [wang.pk])
