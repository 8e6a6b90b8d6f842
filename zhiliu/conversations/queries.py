"""The questions pages ask about conversations."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext

from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.db import Prepared

from .drawing import with_all
from .models import Bookmark, Channel, Message, Part, Reaction

WINDOW = 40
CHANGES = 200
TALKS_IN_RAIL = 12


@dataclass
class Window:
    """A stretch of a channel, oldest first.

    Args:
        older, newer: whether there is more on that side.
    """

    messages: list[Message]
    older: bool = False
    newer: bool = False


def window(channel: Channel, *, before: int = 0, after: int = 0, around: int = 0, size: int = WINDOW) -> Window:
    """Messages of the channel itself, not of its threads: the newest, or those beside a number.

    Numbers have no gaps, so every stretch is a range of the index, wherever it lies.
    """
    last = channel.last_number
    if around:
        first = max(around - size // 2, 1)
    elif before:
        first = max(before - size, 1)
    elif after:
        first = after + 1
    else:
        first = max(last - size + 1, 1)
    end = min(first + size - 1, before - 1 if before else last)
    rows = Message.objects.filter(channel=channel, root=None, number__range=(first, end)).order_by("number")
    return Window(list(with_all(rows)), older=first > 1, newer=end < last)


def number_on(channel: Channel, day: dt.datetime) -> int:
    """The number of the first message at or after a moment; the last one when there is none."""
    rows = Message.objects.filter(channel=channel, at__gte=day, root=None).order_by("at")
    return rows.values_list("number", flat=True).first() or channel.last_number


def changes_after(channel: Channel, changed: int, limit: int = CHANGES) -> tuple[list[Message], bool]:
    """Messages that are new or changed after the change ``changed``, in order, and whether there are more."""
    rows = Message.objects.filter(channel=channel, changed__gt=changed).order_by("changed")
    found = list(with_all(rows)[: limit + 1])
    return found[:limit], len(found) > limit


def thread_of(root: Message, *, after: int = 0, size: int = CHANGES) -> Window:
    """Replies under a message, oldest first."""
    rows = Message.objects.filter(root=root, number__gt=after).order_by("number")
    found = list(with_all(rows)[: size + 1])
    return Window(found[:size], newer=len(found) > size)


def mine_among(person: Person, messages: Sequence[Message]) -> dict[int, dict[str, Any]]:
    """What the page adds for its reader: their reactions and bookmarks, by message."""
    keys = [message.pk for message in messages if message.reacted]
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, what in Reaction.objects.filter(message__in=keys, by_id=person.pk).values_list("message_id", "what"):
        found[key].setdefault("reactions", []).append(what)
    everything = [message.pk for message in messages]
    for key in Bookmark.objects.filter(message__in=everything, by_id=person.pk).values_list("message_id", flat=True):
        found[key]["bookmark"] = True
    return found


def pinned(channel: Channel) -> QuerySet[Message]:
    """Pinned messages, the latest pin first."""
    rows = Message.objects.filter(channel=channel, pinned_at__isnull=False).order_by("-pinned_at")
    return with_all(rows)


# ---- lists of channels -----------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A channel as a list shows it.

    Args:
        unread: messages since the person read. calls: of them, how many call the person.
    """

    pk: int
    kind: str
    name: str
    community_id: int | None
    url: str
    unread: int = 0
    calls: int = 0
    is_new: bool = False
    is_muted: bool = False
    last_at: dt.datetime | None = None
    place: int = 0
    people: list[Person] = field(default_factory=list)

    @property
    def icon(self) -> str:
        """The glyph before its name."""
        return {"public": "hash", "private": "lock"}.get(self.kind, "message-circle")


_COLUMNS = ("pk", "kind", "name", "community_id", "last_number", "last_at", "place")
_MARKS = ("read_number", "calls", "involvement", "hidden_at")

# Asked at every page: what the person has a part in, and the public channels of one community.
_parts = Prepared(
    lambda person: (
        Part.objects.filter(person=person, channel__closed_at=None)
        .order_by("channel__place", "channel__name", "channel_id")
        .values_list(*(f"channel__{name}" for name in _COLUMNS), *_MARKS)
    ),
    1,
)


_public = Prepared(
    lambda community_id: (
        Channel.objects.open()
        .filter(community=community_id, kind=Channel.Kind.PUBLIC)
        .values_list("pk", "kind", "name", "place", "last_number", "last_at")
    ),
    1,
)


def rows_of_parts(person: Person) -> list[Row]:
    """Channels the person has looked into or was let into, with what is unread; one query."""
    made = [row for row in map(_row, _parts.rows(person.pk)) if row is not None]
    mine = {None, *reach(person).roles}
    if any(row.community_id not in mine for row in made):
        # Somebody looks after communities below, or reads one they do not belong to.
        inside = Channel.objects.visible_to(person).filter(pk__in=[row.pk for row in made])
        seen = set(inside.values_list("pk", flat=True))
        return [row for row in made if row.pk in seen]
    return made


def _row(columns: tuple[Any, ...]) -> Row | None:
    key, kind, name, community, last, at, place, read, calls, involvement, hidden = columns
    if hidden is not None:
        return None
    muted = involvement == Part.Involvement.NOTHING
    unread = max(last - read, 0)
    url = _url(key)
    return Row(key, kind, name, community, url, unread, calls, bool(unread) and not muted, muted, at, place)


def _url(key: int) -> str:
    from zhiliu.kit.addresses import address

    return address("conversations:channel", key)


def rows_of_community(community_id: int, person: Person, rows: Iterable[Row] | None = None) -> list[Row]:
    """The channels of a community, those never looked into included, in order.

    Args:
        rows: the answer of :func:`rows_of_parts`, where it is known already.
    """
    mine = rows_of_parts(person) if rows is None else rows
    known = {row.pk: row for row in mine if row.community_id == community_id}
    for key, kind, name, place, last, at in _public.rows(community_id):
        if key not in known:
            known[key] = Row(key, kind, name, community_id, _url(key), 0, 0, bool(last), False, at, place)
    return sorted(known.values(), key=lambda row: (row.place, row.name))


def talks(rows: Iterable[Row], person: Person) -> list[Row]:
    """Of these rows the talks, the latest first, with their people."""
    found = [row for row in rows if row.kind == Channel.Kind.TALK]
    found.sort(key=lambda row: row.last_at.timestamp() if row.last_at else 0, reverse=True)
    name_talks(found, person)
    return found


def name_talks(rows: Sequence[Row], person: Person) -> None:
    """Fill in who a talk is with, and call it after them; one query."""
    parts = Part.objects.filter(channel__in=[row.pk for row in rows]).exclude(person_id=person.pk)
    people: dict[int, list[Person]] = defaultdict(list)
    for part in parts.select_related("person").order_by("person__name"):
        people[part.channel_id].append(part.person)
    for row in rows:
        row.people = people[row.pk] or [person]
        row.name = row.name or pgettext("between names", ", ").join(one.name for one in row.people)


def title_of(channel: Channel, person: Person) -> str:
    """What a channel is called on its page."""
    if channel.name or not channel.is_talk:
        return channel.name
    others = Part.objects.filter(channel=channel).exclude(person_id=person.pk).order_by("person__name")
    names = list(others.values_list("person__name", flat=True))
    return pgettext("between names", ", ").join(names) or person.name


def channels_heard(person: Person) -> set[int]:
    """Ids of the channels whose unread marks follow somebody on every page."""
    mine = set(Part.objects.filter(person_id=person.pk, channel__closed_at=None).values_list("channel_id", flat=True))
    public = Channel.objects.open().filter(kind=Channel.Kind.PUBLIC, community__in=list(reach(person).roles))
    return mine | set(public.values_list("pk", flat=True))


def unread_in_all(rows: Iterable[Row]) -> tuple[int, int]:
    """(channels with something new, messages that call the person)."""
    rows = list(rows)
    return sum(row.is_new for row in rows), sum(row.calls for row in rows)
