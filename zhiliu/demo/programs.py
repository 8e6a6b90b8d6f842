"""Build programs that post in channels, and a command that calls one."""

from __future__ import annotations

import secrets
from typing import Any

from zhiliu.conversations.hooks.bots import new_bot
from zhiliu.conversations.hooks.incoming import open_incoming
from zhiliu.conversations.models import Channel, CommandHook, IncomingHook

from .stage import Stage


def open_writing(stage: Stage, channel: Channel, entries: list[dict[str, Any]]) -> dict[str, IncomingHook]:
    """Return the programs that post in a channel, by name.

    Their keys are discarded, so nobody else can post for them.
    """
    assert channel.community is not None
    own = [entry for entry in entries if entry["community"] == channel.community.slug]
    return {entry["name"]: _open_writing(stage, channel, entry) for entry in own}


def _open_writing(stage: Stage, channel: Channel, entry: dict[str, Any]) -> IncomingHook:
    at = stage.clock.at(entry["day"], "16:05")
    with stage.moment(at):
        hook, _key = open_incoming(channel, name=entry["name"], by=stage.people[entry["by"]])
    IncomingHook.objects.filter(pk=hook.pk).update(at=at)
    return hook


def register(stage: Stage, channel: Channel, entry: dict[str, Any]) -> CommandHook:
    """Create a command whose program does not exist: using it reports that its address is unknown.

    The verb resolves the address and refuses unknown ones, so the row is written directly, as if the program had
    existed once.
    """
    return CommandHook.objects.create(
        channel=channel,
        word=entry["word"],
        hint=entry["hint"],
        url=entry["url"],
        secret=secrets.token_hex(24),
        bot=new_bot(entry["word"]),
        by=stage.people[entry["by"]],
        at=stage.clock.at(entry["day"], "11:15"),
    )
