"""Half a year of channels: lively ones, one that falls asleep, one that is all noise; threads; private talks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.conversations.models import Channel, Message, Part
from zhiliu.conversations.opening import open_first_channels, open_talk
from zhiliu.conversations.polling import checked
from zhiliu.conversations.posting import publish
from zhiliu.conversations.reacting import pin, react
from zhiliu.conversations.voting import vote
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Evening, SheetLine
from zhiliu.polls.models import Poll

from .sources import read
from .stage import Stage

WEEKS = 26
# Community, lines, messages a week, and the last day on which somebody wrote.
RHYTHMS = (
    ("service-help", "everyday", 9, 0),
    ("refrigeration", "everyday", 5, 0),
    ("key-accounts", "noise", 14, 0),
    ("delivery-best", "everyday", 3, -2),
    ("newcomers", "everyday", 3, -1),
    ("badminton", "quiet", 2, -72),
)
UNREAD = 3


def build(stage: Stage) -> None:
    """The same each time, dated relative to today."""
    said = read("talk")
    for community in stage.communities.values():
        open_first_channels(community)
    for slug, lines, often, until in RHYTHMS:
        if slug in stage.communities:
            _chatter(stage, _channel(stage, slug, "日常"), slug, said[lines], often, until)
    for one in said["threads"]:
        if one["community"] in stage.communities:
            _thread(stage, one)
    for first, second, day, time, lines in said["talks"]:
        _talk(stage, [stage.people[first], stage.people[second]], _past(stage, day, time), lines)
    for one in said["polls"]:
        _poll(stage, one)
    evening = _evening(stage, said["evening"]["held"])
    _coming_evening(stage, said["evening"]["coming"])
    in_order()
    _number(evening)
    _read(stage)


def _past(stage: Stage, day: int, time: str) -> dt.datetime:
    """A moment that is over: early in the morning what belongs to today was said yesterday."""
    at = stage.clock.at(day, time)
    return at if at + dt.timedelta(hours=1) < stage.clock.now else stage.clock.at(day - 1, time)


def _channel(stage: Stage, slug: str, name: str) -> Channel:
    return Channel.objects.get(community=stage.communities[slug], name=name)


def _say(
    stage: Stage, channel: Channel, by: Person, at: dt.datetime, text: str, root: Message | None = None
) -> Message:
    with stage.moment(at):
        made = publish(channel, text, by, root)
    Message.objects.filter(pk=made.pk).update(at=at)
    if root is not None:
        Message.objects.filter(pk=root.pk).update(last_reply_at=at)
    made.at = at
    return made


def _chatter(stage: Stage, channel: Channel, slug: str, lines: list[str], often: int, until: int) -> None:
    people = stage.some(stage.members[slug], 9)
    last = 7 * WEEKS + until
    for number in range(WEEKS * often):
        day = round(-7 * WEEKS + number * 7 / often)
        if day > until or (until < -30 and number % 3 == 0 and day > until - 40):
            continue
        minute = 510 + (number * 37) % 560
        at = stage.clock.at(day, f"{minute // 60:02d}:{minute % 60:02d}")
        if at < stage.clock.now and last:
            _say(stage, channel, people[(number * 5 + number // 3) % len(people)], at, lines[number % len(lines)])


def _thread(stage: Stage, one: dict[str, Any]) -> None:
    channel = _channel(stage, one["community"], one["channel"])
    root = _say(stage, channel, stage.people[one["by"]], stage.clock.at(one["day"], one["time"]), one["text"])
    for by, time, text in one.get("replies", ()):
        _say(stage, channel, stage.people[by], stage.clock.at(one["day"], time), text, root)
    members = stage.some(stage.members[one["community"]], 9, {root.by_id or 0})
    with stage.moment(root.at + dt.timedelta(minutes=20)):
        for what, count in one.get("reactions", {}).items():
            for person in members[:count]:
                react(root, what, by=person)
        if one.get("pin"):
            pin(root, by=stage.people[one["by"]])


def _poll(stage: Stage, one: dict[str, Any]) -> None:
    """A question put in a channel, with the votes of some members."""
    channel, by = _channel(stage, one["community"], one["channel"]), stage.people[one["by"]]
    at = _past(stage, one["day"], one["time"])
    asked = checked(one["question"], one["options"], dt.timedelta(hours=one["hours"]))
    with stage.moment(at):
        made = publish(channel, asked.body, by, poll=asked)
    others = stage.some(stage.members[one["community"]], sum(one["votes"]), {by.pk})
    options = [key for key, _text, _count in (made.poll or {})["options"]]
    chosen = [key for key, count in zip(options, one["votes"], strict=True) for _ in range(count)]
    for person, option in zip(others, chosen, strict=False):
        with stage.moment(at + dt.timedelta(minutes=5)):
            vote(made, option, by=person)
    Message.objects.filter(pk=made.pk).update(at=at)
    Poll.objects.filter(kind="message", thing_id=made.pk).update(at=at)


def _talk(stage: Stage, people: list[Person], at: dt.datetime, lines: list[str]) -> None:
    with stage.moment(at):
        channel = open_talk(people[1:], by=people[0])
    for number, line in enumerate(lines):
        _say(stage, channel, people[number % 2], at + dt.timedelta(minutes=4 * number), line)


def _evening(stage: Stage, entry: dict[str, Any]) -> dict[str, Message]:
    """What was said in an evening sharing; the messages that part it, for :func:`_number`."""
    gathering = stage.gatherings[entry["gathering"]]
    channel = _channel(stage, gathering.community.slug, entry["channel"])
    begin: dt.datetime = gathering.starts_at
    lin, guest = gathering.host, gathering.sharer
    opening = _say(stage, channel, lin, begin, entry["opening"])
    for handle, minute, text in entry["aside"]:
        _say(stage, channel, stage.people[handle], begin + dt.timedelta(minutes=minute), text, root=opening)
    for minute, text in entry["guest"]:
        _say(stage, channel, guest, begin + dt.timedelta(minutes=minute), text)
    turn = _say(stage, channel, lin, begin + dt.timedelta(minutes=30), entry["questions"])
    for handle, minute, text in entry["after"]:
        last = _say(stage, channel, stage.people[handle], begin + dt.timedelta(minutes=minute), text)
    Evening.objects.create(gathering=gathering, channel=channel, phase=Evening.Phase.OVER, aside=opening)
    return {"first_number": opening, "questions_number": turn, "last_number": last}


def _number(parting: dict[str, Message]) -> None:
    """Where the parts of the evening lie, once the messages have their numbers."""
    numbers = {name: Message.objects.get(pk=message.pk).number for name, message in parting.items()}
    Evening.objects.filter(aside=parting["first_number"]).update(**numbers)


def _coming_evening(stage: Stage, entry: dict[str, Any]) -> None:
    gathering = stage.gatherings[entry["gathering"]]
    channel = _channel(stage, gathering.community.slug, entry["channel"])
    evening = Evening.objects.create(gathering=gathering, channel=channel)
    SheetLine.objects.bulk_create(
        SheetLine(evening=evening, minute=minute, text=text) for minute, text in entry["lines"]
    )


def in_order() -> None:
    """Numbers follow the time, as they do where people write one after the other."""
    for channel in Channel.objects.all():
        rows = list(Message.objects.filter(channel=channel, root=None).order_by("at", "pk"))
        for number, row in enumerate(rows, start=1):
            row.number = -number
        Message.objects.bulk_update(rows, ["number"], batch_size=500)
        for row in rows:
            row.number = -row.number
        Message.objects.bulk_update(rows, ["number"], batch_size=500)
        Channel.objects.filter(pk=channel.pk).update(last_at=rows[-1].at if rows else None)


def _read(stage: Stage) -> None:
    """Everybody has read almost everything; Lin finds a few new messages."""
    for channel in Channel.objects.exclude(last_number=0):
        Part.objects.filter(channel=channel).update(read_number=channel.last_number)
        if channel.community_id:
            lin = {"read_number": max(channel.last_number - UNREAD, 0)}
            Part.objects.update_or_create(channel=channel, person=stage.people["lin"], defaults=lin)
