"""Build half a year of channels: lively ones, one that falls asleep, a noisy one; threads; direct messages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiliu.communities.models import Community
from zhiliu.conversations.message_draft import MessageDraft
from zhiliu.conversations.models import Channel, ChannelMembership, Message
from zhiliu.conversations.opening import FIRST_CHANNELS, open_first_channels, open_talk
from zhiliu.conversations.polling import checked
from zhiliu.conversations.posting import publish_message
from zhiliu.conversations.reacting import pin, react
from zhiliu.conversations.unsent import keep_unsent
from zhiliu.conversations.voting import vote
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Evening, SheetLine
from zhiliu.kit.system.db import update_rows
from zhiliu.polls.models import Poll

from .chatter import AFTER_WORK, AT_WORK, Chatter, exchanges_of, noise, say
from .programs import open_writing, register
from .sources import read
from .stage import Stage

# Community, hours in which people chat, and the last day with a message.
RHYTHMS = (
    ("service-help", AT_WORK, -1),
    ("refrigeration", AT_WORK, -1),
    ("key-accounts", AT_WORK, -1),
    ("delivery-best", AT_WORK, -2),
    ("newcomers", AT_WORK, -1),
    ("badminton", AFTER_WORK, -72),
)
UNREAD = 3


def build(stage: Stage) -> None:
    """Build everything, reproducibly and dated relative to today."""
    content = read("talk")
    _open_channels(stage, content["quick"])
    for slug, hours, until in RHYTHMS:
        if slug in stage.communities:
            _chatter(stage, slug, content["programs"], hours, until)
    register(stage, _channel(stage, content["command"]["community"], "日常"), content["command"])
    for item in content["threads"]:
        if item["community"] in stage.communities:
            _thread(stage, item)
    for first, second, day, time, lines in content["talks"]:
        _talk(stage, [stage.people[first], stage.people[second]], _past(stage, day, time), lines)
    for item in content["polls"]:
        _poll(stage, item)
    evening = _evening(stage, content["evening"]["held"])
    _coming_evening(stage, content["evening"]["coming"])
    in_order()
    _number(evening)
    _read(stage)
    _type(stage)


def _open_channels(stage: Stage, names: dict[str, str]) -> None:
    """Open every community's first channels, also outside the stage; some rename the second one."""
    theirs = {item.pk for item in stage.communities.values()}
    others = Community.objects.without_tree_fields().exclude(pk__in=theirs).order_by("pk")
    for community in [*stage.communities.values(), *others]:
        open_first_channels(community)
        if community.slug in names:
            Channel.objects.filter(community=community, place=FIRST_CHANNELS[1][2]).update(name=names[community.slug])


def _chatter(stage: Stage, slug: str, programs: list[dict[str, Any]], hours: dict[int, int], until: int) -> None:
    channel, content = _channel(stage, slug, "日常"), read(f"talk/{slug}")
    exchanges = exchanges_of(content) if isinstance(content, list) else noise(content)
    Chatter(stage, channel, open_writing(stage, channel, programs)).say_all(exchanges, until=until, hours=hours)


def _past(stage: Stage, day: int, time: str) -> dt.datetime:
    """Return a time in the past: early in the morning, today's messages move to yesterday."""
    at = stage.clock.at(day, time)
    return at if at + dt.timedelta(hours=1) < stage.clock.now else stage.clock.at(day - 1, time)


def _channel(stage: Stage, slug: str, name: str) -> Channel:
    return Channel.objects.select_related("community").get(community=stage.communities[slug], name=name)


def _thread(stage: Stage, item: dict[str, Any]) -> None:
    channel = _channel(stage, item["community"], item["channel"])
    last = max([item["time"], *(time for _by, time, _text in item.get("replies", ()))])
    day = item["day"] if _past(stage, item["day"], last) == stage.clock.at(item["day"], last) else item["day"] - 1
    root = say(stage, channel, stage.people[item["by"]], stage.clock.at(day, item["time"]), item["text"])
    for by, time, text in item.get("replies", ()):
        say(stage, channel, stage.people[by], stage.clock.at(day, time), text, root)
    members = stage.some(stage.members[item["community"]], 9, {root.by_id or 0})
    with stage.moment(root.at + dt.timedelta(minutes=20)):
        for what, count in item.get("reactions", {}).items():
            for person in members[:count]:
                react(root, what, by=person)
        if item.get("pin"):
            pin(root, by=stage.people[item["by"]])


def _poll(stage: Stage, item: dict[str, Any]) -> None:
    """Create a poll in a channel with the votes of some members."""
    channel, by = _channel(stage, item["community"], item["channel"]), stage.people[item["by"]]
    at = _past(stage, item["day"], item["time"])
    request = checked(item["question"], item["options"], dt.timedelta(hours=item["hours"]))
    with stage.moment(at):
        message = publish_message(channel, MessageDraft(request.body, poll=request), by=by)
    others = stage.some(stage.members[item["community"]], sum(item["votes"]), {by.pk})
    options = [key for key, _text, _count in (message.poll or {})["options"]]
    chosen = [key for key, count in zip(options, item["votes"], strict=True) for _ in range(count)]
    for person, option in zip(others, chosen, strict=False):
        with stage.moment(at + dt.timedelta(minutes=5)):
            vote(message, option, by=person)
    Message.objects.filter(pk=message.pk).update(at=at)
    Poll.objects.filter(kind="message", thing_id=message.pk).update(at=at)


def _talk(stage: Stage, people: list[Person], at: dt.datetime, lines: list[str]) -> None:
    with stage.moment(at):
        channel = open_talk(people[1:], by=people[0])
    for number, line in enumerate(lines):
        say(stage, channel, people[number % 2], at + dt.timedelta(minutes=4 * number), line)


def _evening(stage: Stage, entry: dict[str, Any]) -> dict[str, Message]:
    """Post the messages of an evening sharing; return those that delimit its parts, for :func:`_number`."""
    gathering = stage.gatherings[entry["gathering"]]
    channel = _channel(stage, gathering.community.slug, entry["channel"])
    begin: dt.datetime = gathering.starts_at
    lin, guest = gathering.host, gathering.sharer
    opening = say(stage, channel, lin, begin, entry["opening"])
    for handle, minute, text in entry["aside"]:
        say(stage, channel, stage.people[handle], begin + dt.timedelta(minutes=minute), text, root=opening)
    for minute, text in entry["guest"]:
        say(stage, channel, guest, begin + dt.timedelta(minutes=minute), text)
    turn = say(stage, channel, lin, begin + dt.timedelta(minutes=30), entry["questions"])
    for handle, minute, text in entry["after"]:
        last = say(stage, channel, stage.people[handle], begin + dt.timedelta(minutes=minute), text)
    Evening.objects.create(gathering=gathering, channel=channel, phase=Evening.Phase.OVER, aside=opening)
    return {"first_number": opening, "questions_number": turn, "last_number": last}


def _number(parting: dict[str, Message]) -> None:
    """Store where the parts of the evening begin and end, once the messages are renumbered."""
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
    """Renumber messages by time, as if people had written one after the other."""
    for channel in Channel.objects.all():
        rows = list(Message.objects.filter(channel=channel, root=None).order_by("at", "pk"))
        moved = {number: row for number, row in enumerate(rows, start=1) if row.number != number}
        # First to negative numbers: no two messages of a channel ever have the same.
        for sign in (-1, 1):
            for number, row in moved.items():
                row.number = sign * number
            update_rows(list(moved.values()), ["number"])
        Channel.objects.filter(pk=channel.pk).update(last_at=rows[-1].at if rows else None)


def _type(stage: Stage) -> None:
    """Lin began to write on her phone and has not sent it."""
    talk = Channel.objects.filter(kind=Channel.Kind.TALK, memberships__person=stage.people["lin"]).first()
    if talk is not None:
        keep_unsent(talk, "验收邮件我补了照片，晚点发你", by=stage.people["lin"])


def _read(stage: Stage) -> None:
    """Mark almost everything as read; Lin finds a few new messages."""
    for channel in Channel.objects.exclude(last_number=0):
        ChannelMembership.objects.filter(channel=channel).update(read_number=channel.last_number)
        if channel.community_id:
            lin = {"read_number": max(channel.last_number - UNREAD, 0)}
            ChannelMembership.objects.update_or_create(channel=channel, person=stage.people["lin"], defaults=lin)
