"""Slash commands of conversations."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.contracts.slash_commands import CommandLine, Reply, SlashCommand, slashes
from zhiliu.kit.errors import Refused
from zhiliu.kit.templatetags.ui_time import exact_words
from zhiliu.kit.text.natural_dates import split_moment
from zhiliu.kit.web.addresses import address

from .models import Channel, ChannelMembership, Message
from .opening import change_channel, keeps, let_in, open_talk, require_keeper
from .read_state import choose_involvement
from .rules import can_ask, takes_part
from .scheduling import schedule
from .voting import start_poll

A_DAY = dt.timedelta(days=1)
_BETWEEN_OPTIONS = re.compile(r"[|｜\n]")
_HERE = re.compile(r"(?:here|这里|本频道)(?:\s+|$)")
_NAMES = re.compile(r"@?([^\s@，、,]+)")


def _root(line: CommandLine) -> Message | None:
    rows = Message.objects.select_related("channel__community").filter(channel=line.channel, root=None)
    return rows.filter(pk=line.root).first() if line.root else None


def poll(line: CommandLine) -> Reply:
    """Start a poll (``/poll question | option | option``); without options, open the form."""
    question, *options = _BETWEEN_OPTIONS.split(line.rest)
    if not options:
        require(can_ask, line.person, line.channel)
        fields = {"question": question.strip()} | ({"root": line.root} if line.root else {})
        return Reply(sheet=f"{address('conversations:poll_new', line.channel.pk)}?{urlencode(fields)}")
    start_poll(
        line.channel,
        question=question,
        options=options,
        lasts=A_DAY,
        by=line.person,
        root=_root(line),
        client_id=line.client_id,
    )
    return Reply()


def remind(line: CommandLine) -> Reply:
    """Set a reminder: ``/remind time words`` for oneself, ``/remind here time words`` posts in the channel."""
    here = _HERE.match(line.rest)
    moment = split_moment(line.rest[here.end() :] if here else line.rest)
    if moment is None:
        raise Refused(_("Write when and what: /remind tomorrow 9:00 call the customer."))
    due_at, words = moment
    if not words:
        raise Refused(_("After the time, write what to be reminded of."))
    channel = line.channel if here else open_talk([], by=line.person)
    root = _root(line) if here else None
    schedule(channel, body=words, due_at=due_at, client_id=line.client_id, by=line.person, root=root)
    answer = _("Will be posted here: %(when)s") if here else _("You’ll be reminded: %(when)s")
    return Reply(said=answer % {"when": exact_words(due_at)})


def topic(line: CommandLine) -> Reply:
    """Set the channel's purpose (``/topic words``); without words, open the settings."""
    channel = Channel.objects.select_related("community").get(pk=line.channel.pk)
    require_keeper(channel, line.person)
    if not line.rest:
        return Reply(go=address("conversations:settings", channel.pk))
    purpose = " ".join(line.rest.split())
    if len(purpose) > 200:
        raise Refused(_("At most %(most)s characters.") % {"most": 200})
    if channel.purpose != purpose:
        change_channel(channel, by=line.person, version=channel.version, purpose=purpose)
    return Reply(said=_("This channel is for: %(words)s") % {"words": purpose})


def invite_to_channel(line: CommandLine) -> Reply:
    """Add people to a private channel (``/invite @name @name``)."""
    if line.channel.kind != Channel.Kind.PRIVATE:
        raise Refused(_("Anyone who can see the community can already read here. Only private channels add people."))
    people = _people(line)
    let_in(line.channel, people, by=line.person)
    return Reply(
        said=_("Added: %(who)s") % {"who": pgettext("between names", ", ").join(person.name for person in people)}
    )


def _people(line: CommandLine) -> list[Person]:
    """Return the chosen people, and those written with a full and unique name.

    Raises:
        Refused: someone is unknown, or the name is ambiguous.
    """
    chosen = {
        person.name: person
        for person in visible_people(line.person).filter(pk__in=line.chosen)
        if person.name in line.rest
    }
    rest = line.rest
    for name in chosen:
        rest = rest.replace(f"@{name}", " ")
    for name in _NAMES.findall(rest):
        people = list(visible_people(line.person).filter(name=name)[:2])
        if len(people) != 1:
            raise Refused(_("“%(name)s” is not clear: choose from the list that opens after @.") % {"name": name})
        chosen[name] = people[0]
    if not chosen:
        raise Refused(_("Write who: /invite @name."))
    return list(chosen.values())


def mute(line: CommandLine) -> Reply:
    """Mute this channel."""
    choose_involvement(line.channel, ChannelMembership.Involvement.NOTHING, by=line.person)
    return Reply(said=_("This channel is muted."))


def follow_channel(line: CommandLine) -> Reply:
    """Follow every message of this channel."""
    choose_involvement(line.channel, ChannelMembership.Involvement.EVERYTHING, by=line.person)
    return Reply(said=_("You’re notified of every message here."))


def mentions(line: CommandLine) -> Reply:
    """Be notified only of mentions and replies in this channel."""
    choose_involvement(line.channel, ChannelMembership.Involvement.MENTIONS, by=line.person)
    return Reply(said=_("You’re notified when someone mentions you here."))


def help_(line: CommandLine) -> Reply:
    """Show the list of all commands."""
    return Reply(sheet=address("conversations:commands_help", line.channel.pk))


def _put(slash: SlashCommand, weight: int) -> None:
    slashes.register(slash, key=slash.word, weight=weight)


_put(
    SlashCommand(
        "poll",
        pgettext_lazy("slash command", "poll"),
        gettext_lazy("Ask the channel to vote"),
        poll,
        gettext_lazy("question | option | option"),
        can_ask,
    ),
    10,
)
_put(
    SlashCommand(
        "remind",
        pgettext_lazy("slash command", "remind"),
        gettext_lazy("Be reminded, or remind this channel"),
        remind,
        gettext_lazy("(here) time text"),
    ),
    20,
)
_put(
    SlashCommand(
        "topic",
        pgettext_lazy("slash command", "topic"),
        gettext_lazy("Describe this channel"),
        topic,
        gettext_lazy("words"),
        keeps,
    ),
    40,
)
_put(
    SlashCommand(
        "invite",
        pgettext_lazy("slash command", "invite"),
        gettext_lazy("Add someone to this channel"),
        invite_to_channel,
        gettext_lazy("@name"),
        lambda person, channel: channel.kind == Channel.Kind.PRIVATE and takes_part(person, channel),
    ),
    50,
)
_put(
    SlashCommand("mute", pgettext_lazy("slash command", "mute"), gettext_lazy("Mute"), mute),
    60,
)
_put(
    SlashCommand(
        "follow",
        pgettext_lazy("slash command", "follow"),
        gettext_lazy("All messages"),
        follow_channel,
    ),
    61,
)
_put(
    SlashCommand(
        "mentions",
        pgettext_lazy("slash command", "mentions"),
        gettext_lazy("Mentions only"),
        mentions,
    ),
    62,
)
_put(SlashCommand("help", pgettext_lazy("slash command", "help"), gettext_lazy("All commands"), help_), 90)
