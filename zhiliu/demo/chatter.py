"""Everyday chat: exchanges of a few lines within minutes, spread over half a year, and noise.

Each channel has a list of exchanges (``content/talk/*.yaml``), oldest first, each a list of lines. A line maps an
author to a text. Optional keys are ``at`` (time of day of the first line), ``after`` (minutes since the previous line),
``file`` (a night of :mod:`.curves`), and reactions with their counts.

The author is the key of a person; ``someone`` or ``another``, people without a story who differ in every exchange;
``newcomer``, someone hired recently; or a program of the channel.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from zhiliu.conversations.facts import MessageMarked, MessagePosted
from zhiliu.conversations.message_draft import MessageDraft
from zhiliu.conversations.models import Attachment, Channel, ChannelMembership, IncomingHook, Message, Reaction
from zhiliu.conversations.posting import html_of, publish_message, take_place
from zhiliu.conversations.reacting import SIGNS, WORDS
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.files.storing import upload
from zhiliu.kit.system.db import update_rows

from .articles import linked
from .curves import as_file
from .stage import SEED, Stage

WEEKS = 26
# Livelier and quieter weeks. The last two are always lively.
LIVELINESS, LATELY = (1, 2, 2, 3, 4), (4, 4)
AT_WORK = {8: 3, 9: 4, 10: 4, 11: 2, 13: 2, 14: 4, 15: 4, 16: 3, 17: 2}
AFTER_WORK = {12: 5, 17: 2, 18: 3, 20: 2}
AT_WEEKENDS = 0.3
PAUSES = (1, 1, 2, 2, 3, 5, 8)
APART = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)
NEW = 8
# In these communities, people without a story come from these departments, because they talk about their own work.
ON_THE_ROAD = {"service-help": ("service-field", "install")}
ANYBODY = "anybody"
BURSTS = 58


@dataclass(frozen=True)
class ChatLine:
    """One line of an exchange; the module's docstring explains its parts."""

    who: str
    text: str
    at: str = ""
    after: int = 0
    file: dict[str, str] | None = None
    reactions: dict[str, int] = field(default_factory=dict)


Exchange = list[ChatLine]


@dataclass(frozen=True)
class Said:
    """A message that is to be stored, its files, and who reacts with what."""

    message: Message
    files: list[Upload]
    reactions: list[tuple[str, Person]]

    @property
    def reacted_at(self) -> dt.datetime:
        return self.message.at + dt.timedelta(minutes=10)


def line_of(entry: dict[str, Any]) -> ChatLine:
    """Return a line from its content."""
    remaining = dict(entry)
    more = {name: remaining.pop(name) for name in ("at", "after", "file") if name in remaining}
    reactions = {what: remaining.pop(what) for what in (*WORDS, *SIGNS) if what in remaining}
    ((who, text),) = remaining.items()
    return ChatLine(who, text, reactions=reactions, **more)


def exchanges_of(content: list[list[dict[str, Any]]]) -> list[Exchange]:
    """Return the exchanges of a channel."""
    return [[line_of(entry) for entry in item] for item in content]


def noise(content: dict[str, list[str]]) -> list[Exchange]:
    """Return exchanges in which someone calls and a few echo, over and over."""
    chance = random.Random(SEED)
    calls = [chance.choice(content["calls"]) for _ in range(BURSTS)]
    return [[ChatLine(ANYBODY, text) for text in (call, *_echoes(content["echoes"], chance))] for call in calls]


def _echoes(words: list[str], chance: random.Random) -> list[str]:
    return chance.choices(words, k=chance.randint(1, 6))


class Chatter:
    """Posts the exchanges of one channel, reproducibly by a random generator of its own."""

    def __init__(self, stage: Stage, channel: Channel, programs: dict[str, IncomingHook]) -> None:
        assert channel.community is not None
        self.stage, self.channel, self.programs = stage, channel, programs
        self.members = stage.members[channel.community.slug]
        self.faceless = [person for person in self.members if person in stage.others]
        if codes := ON_THE_ROAD.get(channel.community.slug):
            self.faceless = [person for person in self.faceless if person.department.code in codes]
        self.chance = random.Random(f"{SEED} {channel.community.slug}")
        self._said: list[Said] = []

    def say_all(self, exchanges: list[Exchange], *, until: int, hours: dict[int, int]) -> None:
        """Post them in order, the last one on day ``until``."""
        free = self.stage.clock.at(-7 * WEEKS - 7, "00:00")
        for item, begins in zip(exchanges, self._beginnings(len(exchanges), until, hours), strict=True):
            free = self._exchange(item, self._moment(item, begins, free)) + APART
        self._store()

    def _beginnings(self, count: int, until: int, hours: dict[int, int]) -> list[dt.datetime]:
        days = [*self._days(count - 1, until - 1), until]
        return sorted(self._at(self._date(day), self._time(hours)) for day in days)

    def _days(self, count: int, until: int) -> Iterator[int]:
        """Yield day numbers up to ``until``, dense in lively weeks."""
        lively = [*self.chance.choices(LIVELINESS, k=WEEKS - len(LATELY)), *LATELY][: WEEKS + until // 7 + 1]
        ends = list(itertools.accumulate(lively, initial=0))
        for number in range(count):
            place = (number + self.chance.random()) / count * ends[-1]
            week = next(week for week in range(len(lively)) if place <= ends[week + 1])
            yield min(int(7 * (week + (place - ends[week]) / lively[week])) - 7 * WEEKS, until)

    def _date(self, day: int) -> dt.date:
        """Return mostly a working day."""
        stays = self.chance.random() < AT_WEEKENDS
        return self.stage.clock.today + day * DAY if stays else self.stage.clock.date(day)

    def _time(self, hours: dict[int, int]) -> str:
        return f"{self.chance.choices(list(hours), list(hours.values()))[0]}:{self.chance.randrange(60)}"

    def _at(self, date: dt.date, time: str) -> dt.datetime:
        hour, minute = (int(part) for part in time.split(":"))
        return dt.datetime.combine(date, dt.time(hour, minute), self.stage.clock.zone)

    def _moment(self, exchange: Exchange, begins: dt.datetime, free: dt.datetime) -> dt.datetime:
        """Return the start of an exchange: after its people joined, after ``free``, and at its time of day if set."""
        joined = max((person.hired_on for person in self._known(exchange) if person.hired_on), default=begins.date())
        begins = max(begins, self._at(joined + DAY, f"9:{self.chance.randrange(60)}"))
        if not exchange[0].at:
            begins = max(begins, free)
            # Before the hour of the day at which it would be, it was yesterday.
            return begins if begins + DAY / 8 < self.stage.clock.now else begins - DAY
        begins = self._at(begins.date(), exchange[0].at)
        while begins < free:
            begins += DAY
        return begins if begins + DAY / 8 < self.stage.clock.now else free

    def _known(self, exchange: Exchange) -> list[Person]:
        return [self.stage.people[line.who] for line in exchange if line.who in self.stage.people]

    def _exchange(self, exchange: Exchange, at: dt.datetime) -> dt.datetime:
        """Note the lines and return the time of the last one."""
        cast: dict[str, Person] = {}
        for number, line in enumerate(exchange):
            at += dt.timedelta(minutes=line.after or (self.chance.choice(PAUSES) if number else 0))
            self._say(line, cast, at)
        return at

    def _say(self, line: ChatLine, cast: dict[str, Person], at: dt.datetime) -> None:
        program = self.programs.get(line.who)
        by = program.bot if program else self._person(line.who, cast, at)
        files = [self._file(line.file, by, at)] if line.file else []
        body = linked(self.stage, line.text).strip()
        html, called = html_of(body, self.channel, by)
        message = Message(channel=self.channel, by=by, body=body, html=html, called=called, at=at)
        self._said.append(Said(message, files, self._drawn(line.reactions, by)))
        if program:
            program.used_at = at

    def _person(self, who: str, cast: dict[str, Person], at: dt.datetime) -> Person:
        if who in self.stage.people:
            return self.stage.people[who]
        if who == ANYBODY:
            return self.chance.choice(self._candidates(who, at))
        if who not in cast:
            cast[who] = self.chance.choice(
                [candidate for candidate in self._candidates(who, at) if candidate not in cast.values()]
            )
        return cast[who]

    def _candidates(self, who: str, at: dt.datetime) -> list[Person]:
        here = [person for person in self.faceless if person.hired_on < at.date()]
        return sorted(here, key=lambda person: person.hired_on)[-NEW:] if who == "newcomer" else here

    def _file(self, fields: dict[str, str], by: Person, at: dt.datetime) -> Upload:
        content = io.BytesIO(as_file(fields["curve"], fields["name"]))
        file_upload = upload(content, name=fields["name"], by=by, community=self.channel.community, is_private=True)
        Upload.objects.filter(pk=file_upload.pk).update(at=at)
        return file_upload

    def _drawn(self, reactions: dict[str, int], by: Person) -> list[tuple[str, Person]]:
        """Return who reacts, and with what."""
        others = [person for person in self.members if person.pk != by.pk]
        return [
            (what, person)
            for what, count in reactions.items()
            for person in self.chance.sample(others, min(count, len(others)))
        ]

    def _store(self) -> None:
        """Store what was said in bulk: posted one by one, each message would cost a dozen statements."""
        self._count()
        Message.objects.bulk_create(said.message for said in self._said)
        Attachment.objects.bulk_create(
            Attachment(message=said.message, upload=upload, place=place)
            for said in self._said
            for place, upload in enumerate(said.files)
        )
        Reaction.objects.bulk_create(
            Reaction(message=said.message, by=person, what=what, at=said.reacted_at)
            for said in self._said
            for what, person in said.reactions
        )
        self._let_in()
        update_rows(list(self.programs.values()), ["used_at"])
        for said in self._said:
            self._tell(said)

    def _count(self) -> None:
        """Number messages and changes: each message is a change, and each reaction."""
        changes = [1 + len(said.reactions) for said in self._said]
        place = take_place(self.channel.pk, numbers=len(changes), changes=sum(changes), at=self._said[-1].message.at)
        numbers = itertools.count(place.number - len(changes) + 1)
        changed = itertools.accumulate(changes, initial=place.change - sum(changes))
        next(changed)
        for said in self._said:
            said.message.number, said.message.changed = next(numbers), next(changed)
            said.message.reacted = dict(Counter(what for what, _person in said.reactions))

    def _let_in(self) -> None:
        """Make everybody who wrote a member of the channel; how far they have read is settled at the end."""
        members = set(self.channel.memberships.values_list("person_id", flat=True))
        writers = dict.fromkeys(said.message.by for said in self._said if said.message.by)
        ChannelMembership.objects.bulk_create(
            ChannelMembership(channel=self.channel, person=by) for by in writers if by.pk not in members
        )

    def _tell(self, said: Said) -> None:
        message = said.message
        posted = message.changed - len(said.reactions)
        keys: dict[str, Any] = {
            "message_id": message.pk,
            "channel_id": self.channel.pk,
            "community_id": self.channel.community_id,
        }
        self.stage.tell(
            MessagePosted(**keys, number=message.number, changed=posted, root_id=None, by_id=message.by_id), message.at
        )
        for changed, (_what, person) in enumerate(said.reactions, start=posted + 1):
            self.stage.tell(MessageMarked(**keys, changed=changed, root_id=None, by_id=person.pk), said.reacted_at)


def say(
    stage: Stage,
    channel: Channel,
    by: Person,
    at: dt.datetime,
    text: str,
    root: Message | None = None,
    uploads: Iterable[Upload] = (),
) -> Message:
    """Post a message in the past."""
    with stage.moment(at):
        message = publish_message(channel, MessageDraft(linked(stage, text), root, uploads=tuple(uploads)), by=by)
    Message.objects.filter(pk=message.pk).update(at=at)
    if root is not None:
        Message.objects.filter(pk=root.pk).update(last_reply_at=at)
    message.at = at
    return message
