"""Permissions of conversations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiliu.communities import rules as community_rules
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature, Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import name_rule, rule
from zhiliu.moderation.rules import may_write
from zhiliu.polls.rules import has_polls

from .models import Channel, ChannelMembership, Message


def takes_part(person: Person, channel: Channel) -> bool:
    """Return whether the person is in a private channel or direct message; cached for the request."""
    by_channel: dict[int, bool] | None = getattr(person, "_memberships", None)
    if by_channel is None:
        by_channel = person._memberships = {}  # type: ignore[attr-defined]
    if channel.pk not in by_channel:
        by_channel[channel.pk] = ChannelMembership.objects.filter(channel=channel, person_id=person.pk).exists()
    return by_channel[channel.pk]


@rule(_("Only participants can see this."))
def can_see(person: Person, channel: Channel) -> bool:
    """May read the channel; twin of ``visible_to``."""
    if channel.community is None:
        return takes_part(person, channel)
    inside = reach(person).sees(channel.community)
    return inside and (channel.kind == Channel.Kind.PUBLIC or takes_part(person, channel))


@rule(_("This channel is closed and read-only."))
def is_open_channel(person: Person, channel: Channel) -> bool:
    """The channel is not closed."""
    return channel.closed_at is None


@rule(_("Join the community to take part."))
def belongs(person: Person, channel: Channel) -> bool:
    """Is a member of the channel's community, or one of the direct message's people."""
    if channel.community is None:
        return person.is_active and takes_part(person, channel)
    return community_rules.is_member(person, channel.community)


@rule(_("This community is archived and read-only."))
def is_alive(person: Person, channel: Channel) -> bool:
    """The channel's community is not archived."""
    return channel.community is None or community_rules.is_open_for_work(person, channel.community)


@rule(_("Channels are switched off in this community."))
def has_channels(person: Person, community: object) -> bool:
    """The community has switched channels on."""
    return community.has(Feature.TALK)  # type: ignore[attr-defined]


@rule(_("Channels are switched off in this community."))
def is_switched_on(person: Person, channel: Channel) -> bool:
    """The channel's community has channels switched on. Otherwise it stays readable."""
    return channel.community is None or has_channels(person, channel.community)


@rule(_("Only the community’s managers post here. You can reply in a thread."))
def is_for_everybody(person: Person, channel: Channel) -> bool:
    """Everybody may post in the channel, or the person manages the community."""
    everybody = channel.posting == Channel.Posting.EVERYBODY
    return everybody or reach(person).may(Permission.EDIT_HOME, channel.community_id or 0)


@rule(_("A guest is speaking now. Chat in the thread; afterwards everyone can write here again."))
def floor_is_free(person: Person, channel: Channel) -> bool:
    """No speaking turn restricts the channel."""
    return channel.floor is None


@rule(_("A guest is speaking now."))
def has_floor(person: Person, channel: Channel) -> bool:
    """May post during the speaking turn, even where otherwise only stewards post."""
    return channel.has_floor(person.pk)


@rule(_("Only the community’s moderators can do this."))
def moderates(person: Person, channel: Channel) -> bool:
    """May moderate the channel's community; nobody moderates direct messages."""
    return channel.community is not None and reach(person).may(Permission.MODERATE, channel.community.pk)


@rule(_("Polls are switched off in this community."))
def has_polls_on(person: Person, channel: Channel) -> bool:
    """The channel's community has polls switched on; direct messages have no switches."""
    return channel.community is None or has_polls(person, channel.community)


@rule(_("Only the author can edit this."))
def is_author(person: Person, message: Message) -> bool:
    """Is the author."""
    return person.is_active and message.by_id is not None and message.by_id == person.pk


@rule(_("Only the author sees who has read a message."))
def wrote_it(person: Person, message: Message) -> bool:
    """Is the author, for whom read marks are."""
    return person.is_active and message.by_id == person.pk


@rule(_("Read marks are for direct messages, and for messages that mention everyone."))
def has_read_marks(person: Person, message: Message) -> bool:
    """Is a message of a talk, or one that calls a whole channel; replies have no read state."""
    if message.root_id is not None or message.withdrawn_at is not None:
        return False
    return message.channel.is_talk or bool(message.called.get("everybody"))


@rule(_("You don’t show what you’ve read, so you don’t see it of others."))
def shows_reading(person: Person, thing: object) -> bool:
    """Shows others what they have read; who always appears away does not."""
    return person.shows_reading and person.shows_presence


@rule(_("You can only remove people from private channels."))
def is_private(person: Person, channel: Channel) -> bool:
    """Is a private channel."""
    return channel.kind == Channel.Kind.PRIVATE


@rule(_("Only the person who created the channel can do this."))
def opened_it(person: Person, channel: Channel) -> bool:
    """Opened the channel and is still in it."""
    return person.is_active and channel.by_id == person.pk and takes_part(person, channel)


name_rule("conversations.see", can_see)
# Permissions without the mute check: held messages are published by them, whatever has happened since.
has_place = can_see & is_open_channel & is_alive & is_switched_on & belongs
can_reply = name_rule("conversations.reply", has_place & may_write.of("community"))
# Checked before the rule for posting: a poll in a thread only needs the permission to reply.
can_ask = name_rule("conversations.ask", can_reply & has_polls_on)
can_post = name_rule("conversations.post", can_reply & (has_floor | (is_for_everybody & floor_is_free)))
# Programs belong to no community; a channel manager has added them.
bots_may_write = name_rule("conversations.bots_write", is_open_channel & is_alive & is_switched_on & floor_is_free)
can_open_channel = name_rule("conversations.open_channel", has_channels & community_rules.can_take_part)
can_keep = name_rule("conversations.keep", is_alive & moderates)
can_put_out = name_rule("conversations.put_out", can_see & is_private & is_alive & (moderates | opened_it))
can_see_readers = name_rule(
    "conversations.see_readers", can_see.of("channel") & wrote_it & has_read_marks & shows_reading
)
can_edit = name_rule("conversations.edit", is_author)
can_withdraw = name_rule("conversations.withdraw", is_author | moderates.of("channel"))
can_import = name_rule("conversations.import", can_see & is_open_channel & is_alive & moderates)
