"""Commands of the search box: everything the page frame offers, found by Chinese characters, pinyin and initials.

There is no separate list of commands: every entry of navigation and menus is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext, pgettext

from ..text.chinese_text import has_han, initials, normalise, readings, tails

FITTING = 6
EQUAL, BEGINS, INSIDE = 3, 2, 1


@dataclass(frozen=True)
class Command:
    """Something the page frame can do.

    Args:
        label: its name. hint: its category, also matched.
        url: where it leads; or press: selector of the page's button that does it.
        icon: its icon; or place: the community whose mark is shown.
        first: shown before anything is typed. letter: the second key of ``G``.
        best: so clearly meant that Enter takes it.
    """

    label: str
    hint: str
    url: str = ""
    press: str = ""
    icon: str = ""
    place: Any = None
    first: bool = False
    letter: str = ""
    best: bool = False


def commands_of(shell: Any) -> list[Command]:
    """Return all commands of a page frame, places first, each address once."""
    by_target: dict[str, Command] = {}
    for command in [*_places(shell), *_acts(shell), *_communities(shell), *_mine(shell), *_choices(shell)]:
        by_target.setdefault(command.url or command.press, command)
    return list(by_target.values())


def _places(shell: Any) -> Iterator[Command]:
    go = pgettext("sort of command", "Go")
    bar = [item for item in shell.phone_nav if not item.sheet]
    for item in [*shell.nav, *bar, *shell.foot_nav]:
        yield Command(str(item.label), go, item.url, icon=item.icon, first=True, letter=item.letter)
    if shell.communities_url:
        yield Command(pgettext("navigation", "Communities"), go, shell.communities_url, icon="users", first=True)


def _acts(shell: Any) -> Iterator[Command]:
    start = pgettext("begin something", "New")
    for item in shell.start_menu:
        yield Command(str(item.label), start, item.url, icon=item.icon, first=True)


def _communities(shell: Any) -> Iterator[Command]:
    for community in shell.communities:
        yield Command(community.name, gettext("Community"), community.url, place=community)


def _mine(shell: Any) -> Iterator[Command]:
    mine = pgettext("sort of command", "Me")
    for item in shell.me_menu:
        press = f'.me form[action="{item.url}"] button' if item.post else ""
        yield Command(str(item.label), mine, "" if item.post else item.url, press, item.icon)


def _choices(shell: Any) -> Iterator[Command]:
    if shell.theme_url:
        look = pgettext("light or dark", "Appearance")
        for value, label, icon in (
            ("light", gettext("Light"), "sun"),
            ("dark", gettext("Dark"), "moon"),
            ("system", gettext("Match system"), "monitor"),
        ):
            yield Command(label, look, "", f'.me [name="theme"][value="{value}"]', icon)
    if shell.language_url:
        for value, label in (("zh-hans", "中文"), ("en", "English")):
            yield Command(label, gettext("Language"), "", f'.me [name="language"][value="{value}"]', "languages")
    help_ = pgettext("sort of command", "Help")
    yield Command(
        pgettext("keyboard", "Keyboard shortcuts"), help_, "", '.me [data-opens-id-value="keys-help"]', "keyboard"
    )


def fitting_commands(commands: Iterable[Command], text: str) -> list[Command]:
    """Return the commands that ``text`` may mean, likeliest first; without a text, the initial ones.

    The first is marked as ``best`` when it is so clearly meant that Enter may take it instead of searching.
    """
    typed = normalise(text).replace(" ", "")
    if not typed:
        return [command for command in commands if command.first]
    rated = [(_rating(command, typed), command) for command in commands]
    best = sorted([pair for pair in rated if pair[0]], key=lambda pair: -pair[0])[:FITTING]
    return [
        replace(command, best=place == 0 and _is_meant(command, typed, rating))
        for place, (rating, command) in enumerate(best)
    ]


def _is_meant(command: Command, typed: str, rating: int) -> bool:
    """Return True if Enter takes it: typed in full, or a prefix that is long enough.

    The start of a community's name is often a search word, so a prefix of it is not enough.
    """
    if rating != BEGINS:
        return rating == EQUAL
    long_enough = len(typed) >= (2 if has_han(typed) else 4)
    return long_enough and (command.place is None or not normalise(command.label).startswith(typed))


def _rating(command: Command, typed: str) -> int:
    whole, inner = _typed_as(command.label)
    if typed in whole:
        return EQUAL
    if any(text.startswith(typed) for text in whole):
        return BEGINS
    if (has_han(typed) and typed in normalise(command.label)) or any(text.startswith(typed) for text in inner):
        return INSIDE
    return INSIDE if len(typed) > 1 and any(a.startswith(typed) for a in _typed_as(command.hint)[0]) else 0


@lru_cache(maxsize=4096)
def _typed_as(label: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what people type for the whole label, and for its end from a later word on."""
    folded = normalise(label).replace(" ", "")
    return frozenset([folded, *readings(label), *initials(label)]), frozenset(tails(label))
