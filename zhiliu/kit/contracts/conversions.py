"""Conversions: apps register what a message can become; whoever shows the message offers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .registry import Registry


@dataclass(frozen=True)
class Conversion:
    """Words taken from somewhere, for something new.

    Args:
        community_id: where they were said; None among a few people.
        title: suggested. markdown: who said what, with links back. plain: the words alone.
        sources: (kind, id) of what was taken, in order.
    """

    community_id: int | None
    title: str
    markdown: str
    plain: str
    sources: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Outcome:
    """Where to go on, and what came of it: (kind, id), or None when it begins only there."""

    url: str
    thing: tuple[str, int] | None = None


@dataclass(frozen=True)
class Destination:
    """Something an excerpt can become.

    Args:
        label: verb first, short. icon: glyph.
        open_to: whether somebody may, in a community (id, or None for none).
        turn: (excerpt, by) -> outcome; makes a draft or leads to a filled-in form.
    """

    label: Any
    icon: str
    open_to: Callable[[Any, int | None], bool]
    turn: Callable[[Conversion, Any], Outcome]


destinations: Registry[Destination] = Registry("destinations of excerpts")
