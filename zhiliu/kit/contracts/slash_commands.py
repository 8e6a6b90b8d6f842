"""Slash commands: a message that begins with ``/``. Apps register theirs in ``slash_commands.py``.

The command box at the top finds commands of the page frame (``commands.py``); slash commands act on the channel they
are typed in and take arguments. Both are found the same way: by name in either language, pinyin and initials.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from ..text.chinese_text import normalise
from ..web.commands import Command, fitting_commands
from .registry import Registry

LANGUAGES = ("zh-hans", "en")
# A first word that contains another slash is a path, no command: /usr/bin.
_LINE = re.compile(r"/([^\s/]+)(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class CommandLine:
    """A typed command with its author and place.

    Args:
        channel: the channel, opaque here. community_id: of the channel; None among a few people.
        root: id of the message whose thread it was typed in. rest: the text after the command.
        client_id: idempotency key of the device. chosen: ids of people picked from the completion.
    """

    person: Any
    channel: Any
    community_id: int | None
    rest: str = ""
    root: int | None = None
    client_id: str = ""
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What the person who typed a command gets.

    Args:
        said: one sentence. sheet: address of a form to open over the page. go: address to go to.
        call: id of a request to a program whose answer comes later.
    """

    said: str = ""
    sheet: str = ""
    go: str = ""
    call: int | None = None


@dataclass(frozen=True)
class SlashCommand:
    """A command.

    Args:
        word: typed after the slash; label: the same in the reader's language, also accepted.
        hint: its purpose, one line. takes: its arguments.
        act: runs it, or raises Refused with the reason. open_to: whether it is offered to (person, channel).
    """

    word: str
    label: Any
    hint: Any
    act: Callable[[CommandLine], Reply]
    takes: Any = ""
    open_to: Callable[[Any, Any], bool] = lambda person, channel: True

    @property
    def words(self) -> frozenset[str]:
        """Return all words that invoke it."""
        spellings = {normalise(self.word)}
        for language in LANGUAGES:
            with translation.override(language):
                spellings.add(normalise(str(self.label)))
        return frozenset(spellings)


slashes: Registry[SlashCommand] = Registry("commands typed in conversations")


def split_line(text: str) -> tuple[str, str] | None:
    """Return (command, arguments) of a text that is a command, else None.

    A text that begins with a space or two slashes, or a path, is posted literally.
    """
    match = _LINE.fullmatch(text.rstrip())
    return (match[1], (match[2] or "").strip()) if match else None


def literal(text: str) -> str:
    """Return the literal text: of two slashes that escape a command, one is removed."""
    return text[1:] if text.startswith("//") and split_line(text[1:]) is not None else text


def slash_of(word: str) -> SlashCommand | None:
    """Return the command that ``word`` invokes."""
    return next((slash for slash in slashes if normalise(word) in slash.words), None)


def likely(commands: Iterable[SlashCommand], text: str) -> list[SlashCommand]:
    """Return the commands ``text`` may mean, likeliest first; without a text, all of them."""
    commands = list(commands)
    if not text:
        return commands
    # Word and label are separate names.
    names = [
        Command(name, "", url=command.word)
        for command in commands
        for name in dict.fromkeys([str(command.label), command.word])
    ]
    order = list(dict.fromkeys(command.url for command in fitting_commands(names, text)))
    return sorted(
        (command for command in commands if command.word in order), key=lambda command: order.index(command.word)
    )
