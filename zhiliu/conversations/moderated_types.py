"""Moderation of messages: evidence, publication and removal."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.moderated_types import Evidence, EvidenceLine, ModeratedType, RecentPost, offers_moderated
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.text.markdown import plain

from .facts import MessagePosted
from .message_draft import draft_of
from .models import Channel, Message
from .posting import publish_message, put_back_message, take_back_message
from .rules import has_place

AROUND = 2


@offers_moderated
class ModeratedMessages(ModeratedType):
    """Messages of channels; of a direct message only the one that a participant reported."""

    kind, said = "message", MessagePosted

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class; the message becomes the last one of its channel or thread."""
        channel = Channel.objects.select_related("community").filter(pk=payload["channel"]).first()
        if channel is None:
            raise Refused(_("The place for this no longer exists."))
        draft = draft_of(payload, channel_id=channel.pk, client_id=client_id)
        if draft.refers_to is not None and payload.get("forwarded", draft.refers_to.body) != draft.refers_to.body:
            raise Refused(_("What it forwards was edited meanwhile. It has to be forwarded again."))
        if why_not := has_place.why_not(author, channel):
            raise Refused(_("It can no longer be published: %(why)s") % {"why": why_not})
        return publish_message(channel, draft, by=author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        take_back_message(_message(thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        put_back_message(_message(thing_id), by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Return evidence in three queries: messages, files, surrounding messages."""
        rows = Message.objects.filter(pk__in=list(keys)).select_related("channel").prefetch_related("uploads")
        messages = list(rows)
        around = lines_around([(message, message.number) for message in messages])
        return {message.pk: _exhibit(message, lines) for message, lines in zip(messages, around, strict=True)}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """Return evidence in four queries: channels, latest messages, files, what is forwarded."""
        channels = Channel.objects.in_bulk({payload["channel"] for payload in payloads})
        files = Upload.objects.in_bulk({key for payload in payloads for key in payload["uploads"]})
        quoted = Message.objects.in_bulk({payload["refers_to"] for payload in payloads if payload.get("refers_to")})
        places = [(Message(channel_id=payload["channel"]), payload["number"] + 1) for payload in payloads]
        around = lines_around(places)
        return [
            Evidence(
                text=_with_forwarded(entry, quoted.get(entry.get("refers_to", 0))),
                where=f"#{channel.name}" if (channel := channels.get(entry["channel"])) else "",
                url=channel.get_absolute_url() if channel else "",
                community_id=channel.community_id if channel else None,
                before=before,
                files=[(files[key].name, files[key].key) for key in entry["uploads"] if key in files],
            )
            for entry, (before, _after) in zip(payloads, around, strict=True)
        ]

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """Return recent posts in one query, from the author's latest messages, which the index finds fast."""
        here = int(place.removeprefix("channel-")) if place.startswith("channel-") else 0
        return [
            RecentPost(body, at, community, f"channel-{channel}")
            for body, at, community, channel in _elsewhere.rows(person_id, here)[:most]
            if at > since
        ]


def _with_forwarded(payload: dict[str, Any], original: Message | None) -> str:
    """Return the text of a held post; what it forwards was screened with it."""
    if "forwarded" not in payload or original is None or original.withdrawn_at is not None:
        return str(payload["text"])
    return f"{payload['text']}\n\n{payload['forwarded']}".strip()


LAST = 200
_elsewhere = CompiledQuery(
    lambda person, here: (
        Message.objects.filter(
            pk__in=Message.objects.filter(by=person).order_by("-pk").values("pk")[:LAST],
            channel__community__isnull=False,
        )
        .exclude(channel=here)
        .order_by("-pk")
        .values_list("body", "at", "channel__community_id", "channel_id")
    ),
    *(1, 1),
)


def _message(thing_id: int) -> Message:
    return Message.objects.select_related("channel__community").get(pk=thing_id)


Lines = tuple[list[EvidenceLine], list[EvidenceLine]]


def lines_around(places: Sequence[tuple[Message, int]]) -> list[Lines]:
    """Return what was said before and after places of public channels and their threads, in one query.

    Moderators need not be in a private channel: of those only the message itself is shown.
    """
    wanted = Q(pk__in=[])
    for message, number in places:
        stretch = (number - AROUND, number + AROUND)
        wanted |= Q(channel=message.channel_id, root=message.root_id, number__range=stretch)
    rows = Message.objects.filter(wanted, channel__kind=Channel.Kind.PUBLIC, withdrawn_at=None).select_related("by")
    found: dict[tuple[int, int | None], list[Message]] = defaultdict(list)
    for row in rows.order_by("number"):
        found[row.channel_id, row.root_id].append(row)
    return [_sides(found[message.channel_id, message.root_id], number) for message, number in places]


def _sides(rows: Iterable[Message], number: int) -> Lines:
    near = [row for row in rows if 0 < abs(row.number - number) <= AROUND]
    before, after = ([message for message in near if (message.number < number) is side] for side in (True, False))
    return [_line(message) for message in before], [_line(message) for message in after]


def _line(message: Message) -> EvidenceLine:
    return EvidenceLine(message.by.name if message.by else "", plain(message.body, talk=True)[:200], message.at)


def _exhibit(message: Message, lines: Lines) -> Evidence:
    channel = message.channel
    return Evidence(
        text=message.body,
        where=f"#{channel.name}" if channel.name else _("Direct message"),
        author_id=message.by_id,
        # A direct message is visible to its people only: the link would answer 404.
        url="" if channel.is_talk else message.get_absolute_url(),
        community_id=channel.community_id,
        at=message.at,
        before=lines[0],
        after=lines[1],
        files=[(upload.name, upload.key) for upload in message.uploads.all()],
        is_down=message.withdrawn_at is not None,
    )
