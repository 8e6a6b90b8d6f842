"""Slash commands: a line in a talk that begins with ``/``. Apps register theirs in ``slash_commands.py``.

The box at the top finds what the frame offers (``commands.py``); these act on the place where they are typed and take
words. Both are found the same way: by name in either language, pinyin and initials.
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
# A first word with another slash in it is a path and no command: /usr/bin.
_LINE = re.compile(r"/([^\s/]+)(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class CommandLine:
    """What was typed, by whom and where.

    Args:
        channel: where; what it is, the app that owns it knows. community_id: of the channel; None among a few people.
        root: id of the message in whose thread it was typed. rest: what follows the command.
        client_id: of the device; the same one again is the same line. chosen: ids of people chosen from the completion.
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
    """What becomes of it for who typed it.

    Args:
        said: one sentence. sheet: address of a form to open over the page. go: address to go to.
        call: id of a question to a program whose answer comes later.
    """

    said: str = ""
    sheet: str = ""
    go: str = ""
    call: int | None = None


@dataclass(frozen=True)
class SlashCommand:
    """A command.

    Args:
        word: what is typed after the slash; label: the same in the reader's language, also typed.
        hint: what it does, one line. takes: what may follow.
        act: does it, or raises Refused with the reason. open_to: whether it is offered to (person, channel).
    """

    word: str
    label: Any
    hint: Any
    act: Callable[[CommandLine], Reply]
    takes: Any = ""
    open_to: Callable[[Any, Any], bool] = lambda person, channel: True

    @property
    def words(self) -> frozenset[str]:
        """All that calls it."""
        found = {normalise(self.word)}
        for language in LANGUAGES:
            with translation.override(language):
                found.add(normalise(str(self.label)))
        return frozenset(found)


slashes: Registry[SlashCommand] = Registry("commands typed in conversations")


def split_line(text: str) -> tuple[str, str] | None:
    """(command, what follows) of a text that is a command; None for anything else.

    Literally said is what begins with a space or with two slashes, and a path.
    """
    found = _LINE.fullmatch(text.rstrip())
    return (found[1], (found[2] or "").strip()) if found else None


def literal(text: str) -> str:
    """What is said by a text: of two slashes that keep a line from being a command one is left."""
    return text[1:] if text.startswith("//") and split_line(text[1:]) is not None else text


def slash_of(word: str) -> SlashCommand | None:
    """The command a word calls."""
    return next((slash for slash in slashes if normalise(word) in slash.words), None)


def likely(commands: Iterable[SlashCommand], text: str) -> list[SlashCommand]:
    """The commands ``text`` may mean, likeliest first; without a text all of them."""
    commands = list(commands)
    if not text:
        return commands
    # By the word and by the label: each is a name of its own.
    names = [
        Command(name, "", url=command.word)
        for command in commands
        for name in dict.fromkeys([str(command.label), command.word])
    ]
    order = list(dict.fromkeys(command.url for command in fitting_commands(names, text)))
    return sorted(
        (command for command in commands if command.word in order), key=lambda command: order.index(command.word)
    )
