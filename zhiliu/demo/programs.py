"""Programs that write in channels, and a command that asks one."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from zhiliu.conversations.hooks.bots import new_bot
from zhiliu.conversations.hooks.incoming import open_incoming, receive
from zhiliu.conversations.models import Channel, CommandHook, IncomingHook, Message

from .stage import Stage


def open_writing(stage: Stage, channel: Channel, entries: list[dict[str, Any]]) -> dict[str, IncomingHook]:
    """The programs that write in a channel, by name. Nobody is told their keys, so nobody else can write for them."""
    assert channel.community is not None
    own = [entry for entry in entries if entry["community"] == channel.community.slug]
    return {entry["name"]: _open_writing(stage, channel, entry) for entry in own}


def _open_writing(stage: Stage, channel: Channel, entry: dict[str, Any]) -> IncomingHook:
    at = stage.clock.at(entry["day"], "16:05")
    with stage.moment(at):
        hook, _key = open_incoming(channel, name=entry["name"], by=stage.people[entry["by"]])
    IncomingHook.objects.filter(pk=hook.pk).update(at=at)
    return hook


def write(stage: Stage, hook: IncomingHook, text: str, at: dt.datetime) -> Message:
    """A program writes, as it does by its address."""
    with stage.moment(at):
        message = receive(hook, {"text": text})
    Message.objects.filter(pk=message.pk).update(at=at)
    IncomingHook.objects.filter(pk=hook.pk).update(used_at=at)
    message.at = at
    return message


def register(stage: Stage, channel: Channel, entry: dict[str, Any]) -> CommandHook:
    """A command whose program does not exist: who tries it reads that its address is not known.

    The verb looks the address up and refuses one that is nowhere, so the row is written as if the program had been
    there once.
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
