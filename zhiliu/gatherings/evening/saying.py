"""Post automatic messages of an evening in a person's name."""

from __future__ import annotations

from django.db.models import QuerySet

from zhiliu.conversations.message_draft import MessageDraft
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.posting import publish_message
from zhiliu.conversations.rules import can_post
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import Rule, require

from ..models import Gathering


def say(channel: Channel, body: str, *, name: str, by: Person) -> Message:
    """Post in a person's name, once per ``name``. The app's own words skip moderation.

    Raises:
        Forbidden: ``by`` may not write there.
    """
    require(can_post, by, channel)
    message = Message.objects.filter(by=by, client_id=name).exclude(client_id="").first()
    return message or publish_message(channel, MessageDraft(body, client_id=name), by=by)


def said_by_right(messages: QuerySet[Message], rule: Rule, gathering: Gathering) -> Message | None:
    """Return the first message whose author the rule allows.

    Devices name what people post, so a member can give a message the name of one of ours.
    """
    named = messages.select_related("by", "channel").order_by("pk")
    return next((message for message in named if message.by is not None and rule(message.by, gathering)), None)
