"""Search documents: an app declares which of its objects can be found, by which words, and by whom."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .registry import Registry


@dataclass(frozen=True)
class SearchDocument:
    """The indexed form of an object.

    Args:
        kind, key: the object.
        title, body: its text. readers: permission keys; any one of them suffices to read it.
        people: ids of its authors, for finding experts. names: further words it is found by (pinyin).
        weight: multiplies the score; 1.0 is usual.
        marks: exact terms that narrow a search ("has:file"), defined by the type.
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
    """A type of object that can be searched; ``label`` is that of its :class:`~.object_types.ObjectType`."""

    label: ClassVar[str]

    @abstractmethod
    def documents(self, keys: Iterable[int]) -> Iterable[SearchDocument]:
        """Return documents of those ids that exist and are searchable; the others are removed from the index."""

    @abstractmethod
    def changed_by(self, fact: Any) -> Iterable[int]:
        """Return ids whose documents may change with ``fact``."""

    @abstractmethod
    def all_keys(self) -> Iterable[int]:
        """Return every id, for rebuilding the index."""


searchables: Registry[Indexer] = Registry("searchables")


def offers_search(kind: type[Indexer]) -> type[Indexer]:
    """Class decorator: register the indexer."""
    searchables.register(kind(), key=kind.label)
    return kind
