"""Channels and messages where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type
from zhiliu.kit.text.markdown import plain

from .models import Channel, Message

SHOWN = 60


@offers_object_type
class ChannelKind(ObjectType):
    """Channels and talks; they stand beside the line."""

    label = "channel"
    icon = "hash"
    name = pgettext_lazy("kind of thing", "Channel")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Channel.objects.filter(pk__in=list(keys)).select_related("community")
        return {row.pk: self.card(row) for row in rows}

    def card(self, channel: Channel) -> ObjectCard:
        """The card of a loaded channel."""
        title = channel.name or _("Direct message")
        text = channel.community.name if channel.community else ""
        url = channel.get_absolute_url()
        return ObjectCard("channel", channel.pk, title, url, text, channel.community_id, channel.last_at, channel)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Channel.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))


@offers_object_type
class MessageKind(ObjectType):
    """Messages: what was said, where."""

    label = "message"
    icon = "message-circle"
    name = pgettext_lazy("kind of thing", "Message")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Message.objects.filter(pk__in=list(keys), withdrawn_at=None).select_related("channel__community", "by")
        return {row.pk: self.card(row) for row in rows}

    def card(self, message: Message) -> ObjectCard:
        """The card of a loaded message."""
        said = " ".join(plain(message.body, talk=True).split())
        title = said[:SHOWN] + ("…" if len(said) > SHOWN else "") if said else _("A file")
        where = f"#{message.channel.name}" if message.channel.name else _("Direct message")
        text = f"{message.by.name if message.by else ''} · {where}"
        url, community = message.get_absolute_url(), message.channel.community_id
        return ObjectCard("message", message.pk, title, url, text, community, message.at, message)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those of channels the person sees."""
        channels = Channel.objects.visible_to(person).values("pk")
        rows = Message.objects.filter(pk__in=list(keys), channel__in=channels, withdrawn_at=None)
        return set(rows.values_list("pk", flat=True))
