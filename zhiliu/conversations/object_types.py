"""Object types of channels and messages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type
from zhiliu.kit.text.markdown import plain

from .models import Channel, Message

SHOWN = 60


@offers_object_type
class ChannelKind(ModelObjectType[Channel]):
    """Channels and direct messages. They are no station of a line."""

    label = "channel"
    model = Channel
    select_related = ("community",)
    icon = "hash"
    name = pgettext_lazy("kind of thing", "Channel")

    def card(self, channel: Channel) -> ObjectCard:
        """Return the card of a loaded channel."""
        title = channel.name or _("Direct message")
        text = channel.community.name if channel.community else ""
        url = channel.get_absolute_url()
        return ObjectCard("channel", channel.pk, title, url, text, channel.community_id, channel.last_at, channel)


@offers_object_type
class MessageKind(ModelObjectType[Message]):
    """Messages, with their channel."""

    label = "message"
    model = Message
    select_related = ("channel__community", "by")
    icon = "message-circle"
    name = pgettext_lazy("kind of thing", "Message")

    def rows(self) -> QuerySet[Message]:
        """Return the messages that were not deleted."""
        return super().rows().filter(withdrawn_at=None)

    def seen_by(self, person: Any) -> QuerySet[Message]:
        """Return those of channels the person sees."""
        return self.rows().filter(channel__in=Channel.objects.visible_to(person).values("pk"))

    def card(self, message: Message) -> ObjectCard:
        """Return the card of a loaded message."""
        body = " ".join(plain(message.body, talk=True).split())
        title = body[:SHOWN] + ("…" if len(body) > SHOWN else "") if body else _("A file")
        where = f"#{message.channel.name}" if message.channel.name else _("Direct message")
        text = f"{message.by.name if message.by else ''} · {where}"
        url, community = message.get_absolute_url(), message.channel.community_id
        return ObjectCard("message", message.pk, title, url, text, community, message.at, message)
