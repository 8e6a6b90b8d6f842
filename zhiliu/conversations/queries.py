"""Queries behind the pages of conversations."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import pgettext

from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person, visible_people
from zhiliu.kit.contracts.presence import Presence, presence_of
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.notifications.quiet import quiet_until
from zhiliu.polls.models import Ballot

from .message_range import MessageRange
from .models import Bookmark, Channel, ChannelMembership, Message, Reaction
from .rendering import with_all

CHANGES = 200
TALKS_IN_RAIL = 12
PINS = 20


def changes_after(channel: Channel, changed: int, limit: int = CHANGES) -> tuple[list[Message], bool]:
    """Return messages with changes after ``changed``, in order, and whether there are more."""
    rows = Message.objects.filter(channel=channel, changed__gt=changed).order_by("changed")
    messages = list(with_all(rows)[: limit + 1])
    return messages[:limit], len(messages) > limit


def thread_of(root: Message, *, after: int = 0, size: int = CHANGES) -> MessageRange:
    """Return the replies under a message, oldest first."""
    rows = Message.objects.filter(root=root, number__gt=after).order_by("number")
    replies = list(with_all(rows)[: size + 1])
    return MessageRange(replies[:size], newer=len(replies) > size)


def mine_among(person: Person, messages: Sequence[Message]) -> dict[int, dict[str, Any]]:
    """Return what the page adds for its reader, by message: their votes, reactions and bookmarks."""
    by_message: dict[int, dict[str, Any]] = defaultdict(dict)
    polls = {message.poll["id"]: message.pk for message in messages if message.poll}
    if polls:
        ballots = Ballot.objects.filter(poll__in=polls, by_id=person.pk)
        for poll, option in ballots.values_list("poll_id", "option_id"):
            by_message[polls[poll]]["vote"] = option
    reacted = [message.pk for message in messages if message.reacted]
    for key, what in _reactions.rows(reacted, person.pk) if reacted else ():
        by_message[key].setdefault("reactions", []).append(what)
    for (key,) in _bookmarks.rows([message.pk for message in messages], person.pk):
        by_message[key]["bookmark"] = True
    return by_message


_reactions = CompiledQuery(
    lambda messages, person: Reaction.objects.filter(message__pk__among=messages, by=person).values_list(
        "message_id", "what"
    ),
    [1],
    1,
)
_bookmarks = CompiledQuery(
    lambda messages, person: Bookmark.objects.filter(message__pk__among=messages, by=person).values_list("message_id"),
    [1],
    1,
)


_pins = CompiledQuery(
    lambda channel: (
        Message.objects.filter(channel=channel, pinned_at__isnull=False)
        .order_by("-pinned_at")
        .values_list("pk", flat=True)[:PINS]
    ),
    1,
)


def pinned(channel: Channel) -> list[Message]:
    """Return pinned messages, the latest pin first. Most channels have none, which a single compiled query tells."""
    keys = [key for (key,) in _pins.rows(channel.pk)]
    rows = with_all(Message.objects.filter(pk__in=keys)).order_by("-pinned_at") if keys else []
    return list(rows)


# ---- lists of channels -----------------------------------------------------------------------------------------------


@dataclass
class ChannelRow:
    """A channel as a row of a list.

    Args:
        unread: messages after the person's read state. calls: how many of them mention the person.
        presence: of the other person, in a direct message of two.
        last_author, last_words: of the newest message, where a page shows it (``add_last_words``).
        unsent: what the person typed there on any device and did not send.
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
    presence: Presence | None = None
    last_author: str = ""
    last_words: str = ""
    unsent: str = ""

    @property
    def icon(self) -> str:
        """The icon before its name."""
        return {"public": "hash", "private": "lock"}.get(self.kind, "message-circle")


_COLUMNS = ("pk", "kind", "name", "community_id", "place", "last_number", "last_at")
_MARKS = ("read_number", "calls", "involvement", "hidden_at")

# Compiled, because every page runs them: the person's memberships, and the public channels of one community.
_memberships = CompiledQuery(
    lambda person: (
        ChannelMembership.objects.filter(person=person, channel__closed_at=None)
        .order_by("channel__place", "channel__name", "channel_id")
        .values_list(*(f"channel__{name}" for name in _COLUMNS), *_MARKS)
    ),
    1,
)


def rows_of_memberships(person: Person) -> list[ChannelRow]:
    """Return the person's channels with unread counts; one query, cached for the request."""
    channel_rows: list[ChannelRow] | None = getattr(person, "_channel_rows", None)
    if channel_rows is None:
        channel_rows = person._channel_rows = _read_rows(person)  # type: ignore[attr-defined]
    return channel_rows


def _read_rows(person: Person) -> list[ChannelRow]:
    channel_rows = [row for row in map(_row, _memberships.rows(person.pk)) if row is not None]
    mine = {None, *reach(person).roles}
    if any(row.community_id not in mine for row in channel_rows):
        # They moderate subcommunities, or read a community they do not belong to.
        inside = Channel.objects.visible_to(person).filter(pk__in=[row.pk for row in channel_rows])
        seen = set(inside.values_list("pk", flat=True))
        return [row for row in channel_rows if row.pk in seen]
    return channel_rows


def _row(columns: tuple[Any, ...]) -> ChannelRow | None:
    key, kind, name, community, place, last, at, read, calls, involvement, hidden = columns
    if hidden is not None:
        return None
    muted = involvement == ChannelMembership.Involvement.NOTHING
    unread = max(last - read, 0)
    url = _url(key)
    return ChannelRow(key, kind, name, community, url, unread, calls, bool(unread) and not muted, muted, at, place)


def _url(key: int) -> str:
    from zhiliu.kit.web.addresses import address

    return address("conversations:channel", key)


def rows_of_communities(ids: Iterable[int], person: Person) -> dict[int, list[ChannelRow]]:
    """Return the channels of communities in order, unvisited ones included; one query besides the memberships."""
    mine, public = defaultdict(list), defaultdict(list)
    for row in rows_of_memberships(person):
        mine[row.community_id].append(row)
    keys = list(ids)
    rows = Channel.objects.open().filter(community__in=keys, kind=Channel.Kind.PUBLIC)
    for columns in rows.values_list(*_COLUMNS):
        public[columns[3]].append(columns)
    return {key: _with_public(mine[key], public[key]) for key in keys}


def _with_public(mine: list[ChannelRow], public: Iterable[tuple[Any, ...]]) -> list[ChannelRow]:
    """Return visited and unvisited channels in order. Unvisited ones are new, without a number."""
    by_key = {row.pk: row for row in mine}
    for columns in public:
        key, last = columns[0], columns[5]
        row = _row((*columns, last, 0, ChannelMembership.Involvement.MENTIONS, None))
        if key not in by_key and row is not None:
            row.is_new = bool(last)
            by_key[key] = row
    return sorted(by_key.values(), key=lambda row: (row.place, row.name))


# Compiled: the navigation shows the current community's channels on each of its pages.
_public = CompiledQuery(
    lambda community: Channel.objects.filter(community=community, kind=Channel.Kind.PUBLIC, closed_at=None).values_list(
        *_COLUMNS
    ),
    1,
)


def rows_of_community(community_id: int, person: Person) -> list[ChannelRow]:
    """Return the channels of one community, cached for the request, because navigation and page both show them."""
    by_community: dict[int, list[ChannelRow]] | None = getattr(person, "_community_rows", None)
    if by_community is None:
        by_community = person._community_rows = {}  # type: ignore[attr-defined]
    if community_id not in by_community:
        by_community[community_id] = _rows_of_community(community_id, person)
    return by_community[community_id]


def _rows_of_community(community_id: int, person: Person) -> list[ChannelRow]:
    mine = [row for row in rows_of_memberships(person) if row.community_id == community_id]
    return _with_public(mine, _public.rows(community_id))


def talks(rows: Iterable[ChannelRow], person: Person) -> list[ChannelRow]:
    """Return the direct messages among the rows, latest first, with their people."""
    channel_rows = [row for row in rows if row.kind == Channel.Kind.TALK]
    channel_rows.sort(key=lambda row: row.last_at.timestamp() if row.last_at else 0, reverse=True)
    name_talks(channel_rows, person)
    return channel_rows


def name_talks(rows: Sequence[ChannelRow], person: Person) -> None:
    """Fill in people, presence and names of direct messages; one query, none without direct messages."""
    if not rows:
        return
    memberships = ChannelMembership.objects.filter(channel__in=[row.pk for row in rows]).exclude(person_id=person.pk)
    people: dict[int, list[Person]] = defaultdict(list)
    # With quiet hours, because the navigation shows them on every page.
    for membership in memberships.select_related("person__quiet_hours").order_by("person__name"):
        people[membership.channel_id].append(membership.person)
    for row in rows:
        row.people = people[row.pk] or [person]
        row.name = row.name or pgettext("between names", ", ").join(person.name for person in row.people)
    alone = {row.pk: row.people[0] for row in rows if len(people[row.pk]) == 1}
    presence = presence_of(list(alone.values()))
    for row in rows:
        row.presence = presence.get(alone[row.pk].pk) if row.pk in alone else None


def channel_title(channel: Channel, person: Person) -> str:
    """Return the title of a channel's page."""
    if channel.name or not channel.is_talk:
        return channel.name
    others = ChannelMembership.objects.filter(channel=channel).exclude(person_id=person.pk).order_by("person__name")
    names = list(others.values_list("person__name", flat=True))
    return pgettext("between names", ", ").join(names) or person.name


def channels_heard(person: Person) -> set[int]:
    """Return the ids of the channels whose unread marks the person receives on every page."""
    mine = set(
        ChannelMembership.objects.filter(person_id=person.pk, channel__closed_at=None).values_list(
            "channel_id", flat=True
        )
    )
    public = Channel.objects.open().filter(kind=Channel.Kind.PUBLIC, community__in=list(reach(person).roles))
    return mine | set(public.values_list("pk", flat=True))


def partners_heard(person: Person) -> set[int]:
    """Return the ids of people whose presence the person receives on every page: partners of the latest direct
    messages.
    """
    talks = Channel.objects.filter(kind=Channel.Kind.TALK, memberships__person=person, memberships__hidden_at=None)
    latest = list(talks.order_by("-last_at").values_list("pk", flat=True)[:TALKS_IN_RAIL])
    ids = ChannelMembership.objects.filter(channel__in=latest).exclude(person_id=person.pk).values("person_id")
    return set(visible_people(person).filter(pk__in=ids).values_list("pk", flat=True))


def unread_in_all(rows: Iterable[ChannelRow]) -> tuple[int, int]:
    """Return (number of unread messages outside muted channels, number of messages that mention the person)."""
    rows = list(rows)
    return sum(row.unread for row in rows if row.is_new), sum(row.calls for row in rows)


def partner_in(channel: Channel, person: Person) -> Person | None:
    """Return the other person of a direct message of two, if visible; otherwise None."""
    if not channel.is_talk:
        return None
    others = (
        Person.objects.filter(channel_memberships__channel=channel).exclude(pk=person.pk).select_related("quiet_hours")
    )
    partners = list(others[:2])
    return partners[0] if len(partners) == 1 and partners[0].is_active and can_see_person(person, partners[0]) else None


def resting_in(channel: Channel, person: Person) -> list[tuple[Person, dt.datetime]]:
    """Return the other participants of a direct message in do-not-disturb, with its end; none for channels."""
    if not channel.is_talk:
        return []
    memberships = (
        ChannelMembership.objects.filter(channel=channel)
        .exclude(person_id=person.pk)
        .select_related("person__quiet_hours")
    )
    resting = ((membership.person, quiet_until(membership.person)) for membership in memberships)
    return [(item, until) for item, until in resting if until is not None]
