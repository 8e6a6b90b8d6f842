"""What a searchable is: an app says which of its things can be found, by which words, by whom."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .registry import Registry


@dataclass(frozen=True)
class SearchDocument:
    """What the index keeps of a thing.

    Args:
        kind, key: the thing.
        title, body: its words. readers: permission keys of which one suffices to read it.
        people: ids of those who made it, for finding who knows. names: further words it is found by (pinyin).
        weight: multiplies the score; 1.0 is usual.
        marks: exact words a search can be narrowed by ("has:file"), of the kind's own making.
    """

    kind: str
    key: int
    title: str
    body: str
    readers: Sequence[str]
    community_id: int | None = None
    people: Sequence[int] = ()
    names: Sequence[str] = ()
    tags: Sequence[str] = ()
    marks: Sequence[str] = ()
    at: dt.datetime | None = None
    weight: float = 1.0
    url: str = field(default="")


class Indexer(ABC):
    """A kind of thing that can be found; ``label`` is that of its :class:`~.object_types.ObjectType`."""

    label: ClassVar[str]

    @abstractmethod
    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Documents of those ids that exist and are to be found; the others are taken out of the index."""

    @abstractmethod
    def changed_by(self, fact: Any) -> Iterable[int]:
        """Ids whose documents may differ after ``fact``."""

    @abstractmethod
    def all_keys(self) -> Iterable[int]:
        """Every id, for building the index anew."""


searchables: Registry[Indexer] = Registry("searchables")


def offers_search(kind: type[Indexer]) -> type[Indexer]:
    """Class decorator: put the searchable in the registry."""
    searchables.register(kind(), key=kind.label)
    return kind
