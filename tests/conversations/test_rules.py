"""Who may do what in channels and talks: the cast is asked about each rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import gone, who_may
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.conversations import rules
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import open_channel, open_talk
from zhiliu.directory.models import Person
from zhiliu.moderation.models import Sanction

pytestmark = pytest.mark.django_db
ALL = "lin wang xu zhao sun admin"
MEMBERS = "lin wang xu zhao admin"


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, xu: Person, zhao: Person, sun: Person, admin: Person) -> None:
    """The whole cast."""


@pytest.fixture
def channel(community: Community, lin: Person) -> Channel:
    return open_channel(community, name="值夜", by=lin)


@pytest.fixture
def private(community: Community, lin: Person, wang: Person, xu: Person) -> Channel:
    """Wang opened it and let Xu in."""
    return open_channel(community, name="小组", by=wang, kind=Channel.Kind.PRIVATE, people=[xu])


@pytest.fixture
def talk(wang: Person, sun: Person) -> Channel:
    return open_talk([sun], by=wang)


def change(channel: Channel, **fields: Any) -> Channel:
    for name, value in fields.items():
        setattr(channel, name, value)
    return channel


def without(community: Community, feature: Feature) -> None:
    community.features = [name for name in community.features if name != feature]


def test_a_channel_is_seen_where_its_community_is_and_a_private_one_or_a_talk_by_its_people(
    community: Community, closed_community: Community, channel: Channel, private: Channel, talk: Channel, lin: Person
) -> None:
    assert (who_may(rules.can_see, channel), who_may(rules.can_see, private)) == (ALL, "wang xu")
    assert who_may(rules.can_see, talk) == "wang sun"
    assert who_may(rules.can_see, open_channel(closed_community, name="报价", by=lin)) == "lin wang admin"
    community.memberships.filter(person__handle="xu").delete()
    community.visibility = private.community.visibility = Community.Visibility.PRIVATE
    assert who_may(rules.can_see, private) == "wang"


@pytest.mark.parametrize("visibility", Community.Visibility.values)
def test_the_list_of_channels_holds_what_one_may_see_and_nothing_else(
    community: Community, channel: Channel, private: Channel, talk: Channel, visibility: str
) -> None:
    Community.objects.filter(pk=community.pk).update(visibility=visibility)
    # Whoever was in a channel once stays among its members, whatever became of the community.
    for place in (channel, private):
        ChannelMembership.objects.bulk_create(
            (ChannelMembership(channel=place, person=person) for person in Person.objects.all()), ignore_conflicts=True
        )
    seen = {place.pk: who_may(rules.can_see, place) for place in Channel.objects.select_related("community")}
    listed = {key: who_may(lambda person, pk: Channel.objects.visible_to(person).filter(pk=pk), key) for key in seen}
    inside = ALL if visibility == Community.Visibility.OPEN else MEMBERS
    assert listed == seen == {channel.pk: inside, private.pk: inside, talk.pk: "wang sun"}


def test_members_reply_and_post_and_those_of_a_talk_do_in_it(channel: Channel, private: Channel, talk: Channel) -> None:
    for rule in (rules.can_reply, rules.can_post, rules.can_ask, rules.has_place):
        assert [who_may(rule, item) for item in (channel, private, talk)] == [MEMBERS, "wang xu", "wang sun"]


def test_nobody_writes_in_a_closed_channel_an_archived_community_or_where_channels_are_off(channel: Channel) -> None:
    writing = (rules.has_place, rules.can_reply, rules.can_post, rules.can_ask, rules.bots_may_write)
    change(channel, closed_at=timezone.now())
    assert [who_may(rule, channel) for rule in writing] == [""] * 5
    change(channel, closed_at=None)
    channel.community.phase = Community.Phase.ARCHIVED
    assert [who_may(rule, channel) for rule in writing] == [""] * 5
    channel.community.phase = Community.Phase.ACTIVE
    without(channel.community, Feature.TALK)
    assert [who_may(rule, channel) for rule in writing] == [""] * 5
    assert who_may(rules.can_see, channel) == ALL


def test_who_is_muted_keeps_their_place_and_writes_nothing(channel: Channel, wang: Person, lin: Person) -> None:
    until = timezone.now() + dt.timedelta(days=1)
    Sanction.objects.create(community=channel.community, person=wang, kind="mute", reason="骂", until=until, by=lin)
    for rule in (rules.can_reply, rules.can_post, rules.can_ask):
        assert who_may(rule, channel) == "lin xu zhao admin"
    assert who_may(rules.has_place, channel) == MEMBERS


def test_who_left_the_company_writes_in_no_talk(talk: Channel, wang: Person) -> None:
    assert who_may(rules.belongs, talk) == "wang sun"
    gone(wang)
    assert who_may(rules.can_reply, talk) == "sun"


def test_where_stewards_post_others_reply(channel: Channel) -> None:
    change(channel, posting=Channel.Posting.STEWARDS)
    assert (who_may(rules.can_post, channel), who_may(rules.can_reply, channel)) == ("lin admin", MEMBERS)


def test_who_has_the_floor_posts_alone_also_among_stewards(channel: Channel, wang: Person) -> None:
    change(channel, floor={"people": [wang.pk], "thread": None})
    assert (who_may(rules.can_post, channel), who_may(rules.can_reply, channel)) == ("wang", MEMBERS)
    assert who_may(rules.bots_may_write, channel) == ""
    change(channel, posting=Channel.Posting.STEWARDS)
    assert who_may(rules.can_post, channel) == "wang"


def test_polls_are_put_where_polls_are_on_and_in_talks(channel: Channel, talk: Channel) -> None:
    without(channel.community, Feature.POLLS)
    assert (who_may(rules.can_ask, channel), who_may(rules.can_ask, talk)) == ("", "wang sun")


def test_programs_write_in_every_open_channel(channel: Channel, talk: Channel) -> None:
    assert (who_may(rules.bots_may_write, channel), who_may(rules.bots_may_write, talk)) == (ALL, ALL)


def test_members_open_channels_where_channels_are_on(community: Community) -> None:
    assert who_may(rules.can_open_channel, community) == MEMBERS
    without(community, Feature.TALK)
    assert who_may(rules.can_open_channel, community) == ""


def test_moderators_keep_channels_and_nobody_keeps_a_talk(channel: Channel, talk: Channel) -> None:
    assert (who_may(rules.can_keep, channel), who_may(rules.can_keep, talk)) == ("lin admin", "")
    channel.community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_keep, channel) == ""


def test_people_are_put_out_of_private_channels_by_opener_and_moderators_within(
    channel: Channel, private: Channel, wang: Person, lin: Person
) -> None:
    assert (who_may(rules.can_put_out, channel), who_may(rules.can_put_out, private)) == ("", "wang")
    private.memberships.create(person=lin)
    assert who_may(rules.can_put_out, private) == "lin wang"
    private.community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_put_out, private) == ""
    private.community.phase = Community.Phase.ACTIVE
    gone(wang)
    assert who_may(rules.can_put_out, private) == "lin"


def test_an_opener_who_left_the_channel_puts_nobody_out(private: Channel, wang: Person) -> None:
    assert rules.opened_it(Person.objects.get(pk=wang.pk), private)
    private.memberships.filter(person=wang).delete()
    assert not rules.opened_it(Person.objects.get(pk=wang.pk), private)


def test_a_message_is_edited_by_its_author_and_taken_back_by_moderators_too(channel: Channel, wang: Person) -> None:
    message = Message(channel=channel, by=wang)
    assert (who_may(rules.can_edit, message), who_may(rules.can_withdraw, message)) == ("wang", "lin wang admin")
    gone(wang)
    assert (who_may(rules.can_edit, message), who_may(rules.can_withdraw, message)) == ("", "lin admin")


def test_moderators_import_into_open_channels_they_see(channel: Channel, private: Channel) -> None:
    assert (who_may(rules.can_import, channel), who_may(rules.can_import, private)) == ("lin admin", "")
    change(channel, closed_at=timezone.now())
    assert who_may(rules.can_import, channel) == ""
    change(channel, closed_at=None)
    channel.community.phase = Community.Phase.ARCHIVED
    assert who_may(rules.can_import, channel) == ""
