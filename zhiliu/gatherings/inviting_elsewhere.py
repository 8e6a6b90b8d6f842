"""Invite where people already are: a message in the community's channel, and text to paste into a group chat."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhiliu.conversations.hooks.outgoing import MESSAGES
from zhiliu.conversations.hooks.robots import ROBOTS
from zhiliu.conversations.models import Channel, Message, OutgoingHook
from zhiliu.conversations.rules import can_post
from zhiliu.directory.defaults import default_language, default_zone
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.templatetags.ui_time import exact_words
from zhiliu.kit.web.site import base_url

from .evening.preparing import channels_for, require_channel
from .evening.saying import said_by_right, say
from .models import Gathering
from .rules import can_host


def post_in_channel(gathering: Gathering, channel: Channel, *, by: Person) -> Message:
    """Post the invitation in a channel of the community, in the name of ``by``, once. Robots there pass it on.

    Raises:
        Forbidden: not the host. Refused: it is not scheduled, or the channel is another community's.
    """
    require(can_host, by, gathering)
    if gathering.state != Gathering.State.FIXED:
        raise Refused(_("Schedule the gathering first."))
    require_channel(gathering, channel, by)
    with translation.override(default_language()), timezone.override(default_zone()):
        return say(channel, _in_markdown(gathering), name=_name(gathering), by=by)


def _name(gathering: Gathering) -> str:
    return f"gathering-{gathering.pk}-call"


def channels_to_post_in(gathering: Gathering, person: Person) -> list[Channel]:
    """Return the channels of the community the person may write in, the oldest first."""
    rows = channels_for(gathering.community, person).order_by("pk")
    return [channel for channel in rows[:50] if can_post(person, channel)]


def channel_posted_in(gathering: Gathering) -> Message | None:
    """Return the invitation posted in a channel, or None."""
    messages = Message.objects.filter(channel__community=gathering.community_id, client_id=_name(gathering))
    return said_by_right(messages.filter(withdrawn_at=None), can_host, gathering)


def is_posted_in(gathering_id: int, channel_id: int) -> bool:
    """Return whether the invitation to a gathering is posted in a channel."""
    gathering = Gathering.objects.select_related("community").filter(pk=gathering_id).first()
    message = channel_posted_in(gathering) if gathering is not None else None
    return message is not None and message.channel_id == channel_id


def robots_of(channel: Channel) -> int:
    """Return how many robots of group chats pass on what is posted in a channel: those that are told of messages."""
    robots = OutgoingHook.objects.filter(channel=channel, closed_at=None, kind__in=ROBOTS)
    return sum(MESSAGES in robot.tells for robot in robots)


def share_text(gathering: Gathering) -> str:
    """Return the invitation as plain text for a group chat, in the current language and time zone."""
    return "\n".join([gathering.title, *_lines(gathering), base_url() + short_link(gathering)])


def short_link(gathering: Gathering) -> str:
    """Return the short path of its page."""
    return reverse("gatherings:short", args=[gathering.pk])


def _in_markdown(gathering: Gathering) -> str:
    lines = [f"**{gathering.title}**", *_lines(gathering), base_url() + gathering.get_absolute_url()]
    return "  \n".join(lines)


def _lines(gathering: Gathering) -> list[str]:
    lines = []
    if gathering.starts_at is not None and gathering.ends_at is not None:
        start, end = timezone.localtime(gathering.starts_at), timezone.localtime(gathering.ends_at)
        lines.append(f"{_('Time')}{_(': ')}{exact_words(start)}–{end:%H:%M}")
    if gathering.place:
        lines.append(f"{_('Place')}{_(': ')}{gathering.place}")
    if gathering.sharer is not None:
        lines.append(f"{_('Speaker')}{_(': ')}{gathering.sharer.name}")
    if gathering.for_whom:
        lines.append(f"{_('Who it’s for')}{_(': ')}{gathering.for_whom}")
    return lines
