"""References between messages: one quotes a message of its channel, or forwards one of another channel.

The reference is a column of the message (``refers_to``). A quote shows the original as it is now; a forward, which may
have left a private place, shows the words as they were when it was sent. A deletion shows in both.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import prefetch_related_objects

from zhiliu.communities.models import Community
from zhiliu.kit.contracts.facts import announce

from .facts import MessageMarked
from .models import Channel, Message
from .posting import take_place


def is_forward(message: Message) -> bool:
    """Return whether the message forwards one of another channel."""
    return message.refers_to is not None and message.refers_to.channel_id != message.channel_id


def leaves_circle(origin: Channel, into: Channel) -> bool:
    """Return whether words of ``origin`` reach people in ``into`` who could not read them where they were said."""
    if origin.kind != Channel.Kind.PUBLIC or origin.community is None:
        return True
    return origin.community.visibility != Community.Visibility.OPEN and origin.community_id != into.community_id


# What drawing a reference needs.
LOADED = (
    "refers_to__by",
    "refers_to__channel__community",
    "refers_to__edits",
    "refers_to__attachments__upload__file",
)


def load_references(messages: Iterable[Message]) -> None:
    """Load what messages refer to; a fixed number of queries, none if they refer to nothing."""
    referring = [message for message in messages if message.refers_to_id is not None]
    if referring:
        prefetch_related_objects(referring, "channel", *LOADED)


def follow_original(message_id: int) -> None:
    """Mark everything that refers to a message as changed, so that open pages draw it again. Idempotent."""
    referring = Message.objects.filter(refers_to=message_id).select_related("channel").order_by("pk")
    for message in referring:
        # One transaction each: two channels are never locked at once.
        with transaction.atomic():
            place = take_place(message.channel_id)
            Message.objects.filter(pk=message.pk).update(changed=place.change)
            announce(
                MessageMarked(
                    message_id=message.pk,
                    channel_id=message.channel_id,
                    changed=place.change,
                    root_id=message.root_id,
                    community_id=message.channel.community_id,
                )
            )
