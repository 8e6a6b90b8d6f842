"""Conversions: apps register what messages can become; the page that shows a message offers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .registry import Registry


@dataclass(frozen=True)
class Conversion:
    """An excerpt of messages, as material for something new.

    Args:
        community_id: where they were posted; None among a few people.
        title: suggested. markdown: with authors and links back. plain: the text alone.
        sources: (kind, id) of each source, in order.
    """

    community_id: int | None
    title: str
    markdown: str
    plain: str
    sources: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Outcome:
    """The address to continue at and the (kind, id) created; None when that page creates it."""

    url: str
    thing: tuple[str, int] | None = None


@dataclass(frozen=True)
class Destination:
    """Something an excerpt can become.

    Args:
        label: verb first, short. icon: glyph.
        open_to: returns whether a person may use it in a community (id, or None for none).
        turn: (excerpt, by) -> outcome; creates a draft or leads to a prefilled form.
    """

    label: Any
    icon: str
    open_to: Callable[[Any, int | None], bool]
    turn: Callable[[Conversion, Any], Outcome]


destinations: Registry[Destination] = Registry("destinations of excerpts")
