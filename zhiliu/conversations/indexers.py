"""Search documents of messages.

Messages of public channels are found by readers of the community. Those of private channels and direct messages are
found only by participants, not even by administrators: their permission key is the channel's own, and only the search
in conversations asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from zhiliu.communities.facts import CommunityChanged
from zhiliu.communities.reach import readers
from zhiliu.kit.contracts.search_documents import Indexer, SearchDocument, offers_search
from zhiliu.kit.text.markdown import plain

from . import facts
from .models import Channel, Message

_LINK = re.compile(r"https?://")
_QUESTION = re.compile(r"[?？]")


def channel_key(channel_id: int) -> str:
    """Return the permission key of a private channel or direct message."""
    return f"channel{channel_id}"


# What was said in passing stands below what was written to stay.
WEIGHT = 0.7
_CHANGES = (facts.MessagePosted, facts.MessageEdited, facts.MessageWithdrawn, facts.MessagePutBack)


@offers_search
class MessageIndexer(Indexer):
    """Messages with text and file names."""

    label = "message"

    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Return one document per message, without deleted ones."""
        rows = Message.objects.filter(pk__in=list(keys), withdrawn_at=None)
        rows = rows.select_related("channel__community").prefetch_related("attachments__upload")
        return [_document(message) for message in rows]

    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return keys for facts of messages, and for changes of a community's visibility."""
        if isinstance(fact, _CHANGES):
            return [fact.message_id]
        if isinstance(fact, facts.MessagesImported):
            return fact.message_ids
        if isinstance(fact, CommunityChanged):
            rows = Message.objects.filter(channel__community_id=fact.community_id or 0)
            return rows.values_list("pk", flat=True)
        return []

    def all_keys(self) -> Iterable[int]:
        """Return all messages."""
        return Message.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)


def _document(message: Message) -> SearchDocument:
    channel = message.channel
    names = [attachment.upload.name for attachment in message.attachments.all()]
    is_public = channel.kind == Channel.Kind.PUBLIC and channel.community is not None
    return SearchDocument(
        kind="message",
        key=message.pk,
        title="",
        body="\n".join([plain(message.body, talk=True), *names]),
        readers=readers(channel.community) if is_public and channel.community else [channel_key(channel.pk)],
        community_id=channel.community_id,
        people=[message.by_id] if message.by_id else [],
        marks=[f"channel:{channel.pk}", *_has(message.body, names)],
        at=message.at,
        weight=WEIGHT,
    )


def _has(body: str, names: list[str]) -> Iterable[str]:
    if names:
        yield "has:file"
    if _LINK.search(body):
        yield "has:link"
    if _QUESTION.search(body):
        yield "has:question"
