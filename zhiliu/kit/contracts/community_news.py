"""News of a community that is worth telling outside of this product: apps put what they have in the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .registry import Registry


@dataclass(frozen=True)
class News:
    """A kind of news.

    Args:
        fact: what happened; a row of the log becomes news by it.
        label: what it is called where one chooses what is told.
        sentence: in one line who did what, with ``%(who)s`` and ``%(title)s`` of the thing the fact is about.
        is_open: whether everybody in the community may read the thing with an id, asked when it happens and when it is
            told; anything else is never told outside.
    """

    fact: type[Any]
    label: Any
    sentence: Any
    is_open: Callable[[int], bool] = lambda thing_id: True


# By a key of its own; hooks keep the keys they are told.
news: Registry[News] = Registry("news of communities")


def news_of(fact: Any) -> list[tuple[str, News]]:
    """The kinds of news a fact is, with their keys."""
    return [(key, item) for key, item in zip(news.names(), news, strict=True) if type(fact) is item.fact]


def thing_of(fact: Any) -> tuple[str, int]:
    """(kind, id) of what a fact is about."""
    kind, field = fact.about
    return kind, getattr(fact, field)
