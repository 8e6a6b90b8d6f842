"""Receivers of documents: the app that keeps texts declares where imported documents may go and stores them.

The engine unpacks and reads the files, resolves links between them, previews the changes, and hands pages over in short
batches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .registry import Provider

Path = tuple[str, ...]


@dataclass(frozen=True)
class DocumentPlace:
    """A place pages can go to: a library.

    Args:
        key: its id. slug: its name on the command line. name, url: as people see it.
    """

    key: int
    slug: str
    name: str
    url: str


@dataclass(frozen=True)
class DocumentPage:
    """A page to import.

    Args:
        source: its path in the bundle; the same source is the same page in the next import.
        folder: names of its folders, from the top.
        digest: of its content and everything that shows on it; an equal digest means an unchanged page.
        origin: the bundle it came with; pages of one origin are expected together next time. '' for none.
        place: its position in the bundle's table of contents, from 1; 0 without an order.
    """

    source: str
    title: str
    summary: str
    markdown: str
    folder: Path
    digest: str
    origin: str = ""
    place: int = 0


class Standing(Enum):
    """Effect of importing a page: it is unchanged, it differs, or it was edited here since the last import."""

    SAME = "same"
    CHANGED = "changed"
    LEFT = "left"


# Starts preparing some pages; returns a function that waits for the values :meth:`Receiver.take` needs.
Prepare = Callable[[Sequence[DocumentPage]], Callable[[], list[Any]]]


class Receiver(ABC):
    """Stores imported pages. Every method is idempotent."""

    @abstractmethod
    def places(self, person: Any) -> list[DocumentPlace]:
        """Return where ``person`` may import documents."""

    @abstractmethod
    def place(self, key: int) -> DocumentPlace | None:
        """Return the place with this key."""

    @abstractmethod
    def why_not(self, person: Any, key: int) -> Any:
        """Return why ``person`` may not import documents into a place, or None if they may."""

    @abstractmethod
    def compare(self, key: int, digests: Mapping[str, str]) -> dict[str, Standing]:
        """Return the standing of pages by source, without new ones, in a fixed number of queries."""

    @abstractmethod
    def addresses(self, key: int) -> dict[str, str]:
        """Return the addresses of all pages of a place that came from documents, by source."""

    @abstractmethod
    def anchors(self, key: int, sources: Iterable[str]) -> dict[str, set[str]]:
        """Return the anchors that links into existing pages can use, by source."""

    @abstractmethod
    def titles(self, key: int, origin: str) -> dict[str, str]:
        """Return the titles of pages in use that came with an origin, by source."""

    @abstractmethod
    def make_folders(self, key: int, folders: Sequence[Path]) -> None:
        """Create missing folders in this order, with their parents."""

    @abstractmethod
    def reserve(self, key: int, pages: Sequence[tuple[str, str]], *, by: Any) -> None:
        """Reserve new pages (source, title), so that others can link to them."""

    @abstractmethod
    def keep_file(self, key: int, name: str, content: bytes, *, by: Any) -> tuple[str, bool] | None:
        """Store a picture or another file for a place.

        Returns:
            Its address and whether browsers show it as a picture; None when it cannot be stored.
        """

    @abstractmethod
    def preparing(self, count: int) -> AbstractContextManager[Prepare]:
        """Do slow work for about ``count`` pages, outside the transaction in which they are stored."""

    @abstractmethod
    def take(self, key: int, prepared: Sequence[Any], *, by: Any, publishes: bool) -> set[str]:
        """Store pages in the caller's transaction.

        Returns:
            The sources left alone because they were edited meanwhile.
        """

    @abstractmethod
    def release(self, key: int, sources: Iterable[str]) -> None:
        """Drop reservations that were never filled."""


receiver: Provider[Receiver] = Provider("receiver of documents")
