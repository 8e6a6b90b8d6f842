"""News of a community that may be posted outside the product. Apps register theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .registry import Registry


@dataclass(frozen=True)
class News:
    """A kind of news.

    Args:
        fact: the class of fact that makes a log row news.
        label: its name where people choose what is posted.
        sentence: one line with ``%(who)s`` and the ``%(title)s`` of the object the fact is about.
        is_open: returns whether everybody in the community may read the object with an id. Checked when it happens and
            again before it is posted; anything else is never posted outside.
        is_posted: (id of the object, id of a channel) -> whether a message there says it already. Group chats that get
            the channel's messages are not told twice.
    """

    fact: type[Any]
    label: Any
    sentence: Any
    is_open: Callable[[int], bool] = lambda thing_id: True
    is_posted: Callable[[int, int], bool] = lambda thing_id, channel_id: False


# Keys are unique and permanent: hooks store the keys they were set up with.
news: Registry[News] = Registry("news of communities")


def news_of(fact: Any) -> list[tuple[str, News]]:
    """Return the kinds of news ``fact`` belongs to, with their keys."""
    return [(key, item) for key, item in zip(news.names(), news, strict=True) if type(fact) is item.fact]


def thing_of(fact: Any) -> tuple[str, int]:
    """Return the (kind, id) of the object a fact is about."""
    kind, field = fact.about
    return kind, getattr(fact, field)
