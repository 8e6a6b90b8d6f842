"""What the manager's week shows of channels: messages of newcomers after which nobody wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.communities.week import NewcomerPost, by_newcomers, ids_having, newcomer_posts
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import cards_for

from .models import Channel, Message


@newcomer_posts.register(key="messages")
def messages_of_newcomers(communities: Sequence[Community], viewer: Person, since: dt.datetime) -> list[NewcomerPost]:
    """Return messages in public channels without reply or reaction, and nobody else wrote there since.

    Of several in a row by one person in one channel, the first.
    """
    channels = Channel.objects.visible_to(viewer).open().filter(kind=Channel.Kind.PUBLIC)
    channels = channels.filter(community__in=ids_having(communities, Feature.TALK))
    later = Message.objects.filter(channel=OuterRef("channel"), root=None, number__gt=OuterRef("number"))
    rows = Message.objects.filter(channel__in=channels.values("pk"), root=None, withdrawn_at=None, at__gt=since)
    rows = rows.filter(reply_count=0, reacted={}, poll__isnull=True).exclude(Exists(later.exclude(by=OuterRef("by"))))
    rows = by_newcomers(rows, community="channel__community")
    first: dict[tuple[int, int | None], Message] = {}
    for message in rows.select_related("by").order_by("at", "pk"):
        first.setdefault((message.channel_id, message.by_id), message)
    cards = cards_for([("message", message.pk) for message in first.values()], viewer)
    kind = pgettext_lazy("kind of thing", "Message")
    return [
        NewcomerPost(kind, card.title, card.url, message.by, message.at, card.community_id)
        for message in first.values()
        if (card := cards.get(("message", message.pk))) and message.by and card.community_id
    ]
