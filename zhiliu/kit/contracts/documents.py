"""What a receiver of documents is: the app that keeps texts says where they may go and takes them in.

The engine above unpacks and reads what people bring, finds out what links to what, shows what would change, and hands
over pages in short batches.
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
    """Where pages can go: a library.

    Args:
        key: of the place. slug: what it is called on a command line. name, url: as people see it.
    """

    key: int
    slug: str
    name: str
    url: str


@dataclass(frozen=True)
class DocumentPage:
    """A page on its way in.

    Args:
        source: its path in what was brought; the same source is the same page the next time.
        folder: names of the folders it lies in, from the top.
        digest: of its content and of everything that shows on it; the same digest is the same page.
        origin: what it was brought with; pages of the same origin are expected together the next time. '' for none.
        place: in the contents of what was brought, from 1; 0 where there is no order.
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
    """What a page would do: it is there already, it differs, or somebody has changed it by hand since it came in."""

    SAME = "same"
    CHANGED = "changed"
    LEFT = "left"


# Begins with some pages, and answers with a function that waits for what :meth:`Receiver.take` wants.
Prepare = Callable[[Sequence[DocumentPage]], Callable[[], list[Any]]]


class Receiver(ABC):
    """Keeps pages. Everything it is asked to do may be asked twice."""

    @abstractmethod
    def places(self, person: Any) -> list[DocumentPlace]:
        """Where ``person`` may bring documents in."""

    @abstractmethod
    def place(self, key: int) -> DocumentPlace | None:
        """A place by its key."""

    @abstractmethod
    def why_not(self, person: Any, key: int) -> Any:
        """Why ``person`` may not bring documents into a place, or None where they may."""

    @abstractmethod
    def compare(self, key: int, digests: Mapping[str, str]) -> dict[str, Standing]:
        """How pages stand, by source; without those that are new, in a fixed number of queries."""

    @abstractmethod
    def addresses(self, key: int) -> dict[str, str]:
        """The addresses of all pages that came into a place from documents, by source."""

    @abstractmethod
    def anchors(self, key: int, sources: Iterable[str]) -> dict[str, set[str]]:
        """What links into pages that are there can lead to, by source."""

    @abstractmethod
    def titles(self, key: int, origin: str) -> dict[str, str]:
        """The titles of pages in use that were brought with an origin, by source."""

    @abstractmethod
    def make_folders(self, key: int, folders: Sequence[Path]) -> None:
        """Make folders in this order, and those above them, as far as they are missing."""

    @abstractmethod
    def reserve(self, key: int, pages: Sequence[tuple[str, str]], *, by: Any) -> None:
        """Make room for new pages (source, title), so that others can link to them."""

    @abstractmethod
    def keep_file(self, key: int, name: str, content: bytes, *, by: Any) -> tuple[str, bool] | None:
        """Keep a picture or another file for a place.

        Returns:
            Its address and whether it is a picture browsers show; None when it cannot be kept.
        """

    @abstractmethod
    def preparing(self, count: int) -> AbstractContextManager[Prepare]:
        """Do what takes long, outside of the transaction in which pages come in, for about ``count`` pages."""

    @abstractmethod
    def take(self, key: int, prepared: Sequence[Any], *, by: Any, publishes: bool) -> set[str]:
        """Bring pages in, in the caller's transaction.

        Returns:
            The sources of those that were left, because somebody changed them by hand meanwhile.
        """

    @abstractmethod
    def release(self, key: int, sources: Iterable[str]) -> None:
        """Give up rooms that were made for pages and never filled."""


receiver: Provider[Receiver] = Provider("receiver of documents")
