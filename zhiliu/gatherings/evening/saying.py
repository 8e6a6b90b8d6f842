"""Post automatic messages of an evening in a person's name."""

from __future__ import annotations

from zhiliu.conversations.message_draft import MessageDraft
from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.posting import publish_message
from zhiliu.conversations.rules import can_post
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require


def say(channel: Channel, body: str, *, name: str, by: Person) -> Message:
    """Post in a person's name, once per ``name``. The app's own words skip moderation.

    Raises:
        Forbidden: ``by`` may not write there.
    """
    require(can_post, by, channel)
    message = Message.objects.filter(by=by, client_id=name).exclude(client_id="").first()
    return message or publish_message(channel, MessageDraft(body, client_id=name), by=by)
