"""Messages as those who moderate see them, publish them and take them down."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.db import Prepared
from zhiliu.kit.errors import Refused
from zhiliu.kit.moderating import Exhibit, Line, Moderated, Utterance, offers_moderated
from zhiliu.kit.prose import plain

from .facts import MessagePosted
from .models import Channel, Message
from .polling import asked_of
from .posting import publish, put_back, take_back
from .rules import has_place

AROUND = 2


@offers_moderated
class Messages(Moderated):
    """Messages of channels; of a private talk only the one that somebody of it reported."""

    kind, said = "message", MessagePosted

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class; it takes its place at the end of the channel or thread."""
        channel = Channel.objects.select_related("community").filter(pk=payload["channel"]).first()
        root = Message.objects.filter(pk=payload["root"] or 0, channel=payload["channel"]).first()
        if channel is None or (payload["root"] and root is None):
            raise Refused(_("The place for this no longer exists."))
        if why_not := has_place.why_not(author, channel):
            raise Refused(_("It can no longer be published: %(why)s") % {"why": why_not})
        found = Upload.objects.in_bulk(payload["uploads"])
        uploads = [found[key] for key in payload["uploads"] if key in found]
        poll = asked_of(payload.get("poll"))
        return publish(channel, payload["text"], author, root, client_id, payload["chosen"], uploads, poll=poll).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        take_back(_message(thing_id), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        put_back(_message(thing_id), by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Exhibit]:
        """Three queries: the messages, their files, what stands around them."""
        rows = Message.objects.filter(pk__in=list(keys)).select_related("channel").prefetch_related("uploads")
        messages = list(rows)
        around = lines_around([(one, one.number) for one in messages])
        return {one.pk: _exhibit(one, lines) for one, lines in zip(messages, around, strict=True)}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Exhibit]:
        """Three queries: the channels, what was said last, the files."""
        channels = Channel.objects.in_bulk({one["channel"] for one in payloads})
        files = Upload.objects.in_bulk({key for one in payloads for key in one["uploads"]})
        places = [(Message(channel_id=one["channel"]), one["number"] + 1) for one in payloads]
        around = lines_around(places)
        return [
            Exhibit(
                text=one["text"],
                where=f"#{channel.name}" if (channel := channels.get(one["channel"])) else "",
                url=channel.get_absolute_url() if channel else "",
                community_id=channel.community_id if channel else None,
                before=before,
                files=[(files[key].name, files[key].key) for key in one["uploads"] if key in files],
            )
            for one, (before, _after) in zip(payloads, around, strict=True)
        ]

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[Utterance]:
        """One query. Of the last ones, to which the index leads however much somebody said, those that count."""
        here = int(place.removeprefix("channel-")) if place.startswith("channel-") else 0
        return [
            Utterance(body, at, community, f"channel-{channel}")
            for body, at, community, channel in _elsewhere.rows(person_id, here)[:most]
            if at > since
        ]


LAST = 200
_elsewhere = Prepared(
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


Lines = tuple[list[Line], list[Line]]


def lines_around(places: Sequence[tuple[Message, int]]) -> list[Lines]:
    """What was said before and after places of public channels and their threads, in one query.

    Who moderates need not take part in a private channel: of those only the message itself is shown.
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
    near = [one for one in rows if 0 < abs(one.number - number) <= AROUND]
    before, after = ([one for one in near if (one.number < number) is side] for side in (True, False))
    return [_line(one) for one in before], [_line(one) for one in after]


def _line(message: Message) -> Line:
    return Line(message.by.name if message.by else "", plain(message.body, talk=True)[:200], message.at)


def _exhibit(message: Message, lines: Lines) -> Exhibit:
    channel = message.channel
    return Exhibit(
        text=message.body,
        where=f"#{channel.name}" if channel.name else _("Direct message"),
        author_id=message.by_id,
        # A talk is open to its people only: the link would lead nowhere.
        url="" if channel.is_talk else message.get_absolute_url(),
        community_id=channel.community_id,
        at=message.at,
        before=lines[0],
        after=lines[1],
        files=[(one.name, one.key) for one in message.uploads.all()],
        is_down=message.withdrawn_at is not None,
    )
