"""Moderated types: an app declares how its objects are published, taken down and shown to moderators.

The app that owns a type (``message``, ``comment``) registers a :class:`ModeratedType`. Objects are identified by kind
and id, as everywhere (``kit.contracts.object_types``).
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .facts import Fact
from .registry import Registry


@dataclass(frozen=True)
class EvidenceLine:
    """A post shortly before or after the one under review."""

    name: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Evidence:
    """An object as moderators see it.

    Args:
        text: its text. where: the channel, or the title of the object it is about; '' for an object of its own.
        author_id: its author, or None. url: its address. community_id: None among a few people.
        before, after: the posts around it; none for direct messages.
        files: (name, key of the upload) of attachments. is_down: it has been taken down.
    """

    text: str
    where: str
    author_id: int | None = None
    url: str = ""
    community_id: int | None = None
    at: dt.datetime | None = None
    before: Sequence[EvidenceLine] = ()
    after: Sequence[EvidenceLine] = ()
    files: Sequence[tuple[str, str]] = ()
    is_down: bool = False


@dataclass(frozen=True)
class RecentPost:
    """A recent post of a person.

    Args:
        place: identifies the channel or page.
    """

    text: str
    at: dt.datetime
    community_id: int | None
    place: str


class ModeratedType(ABC):
    """A type of object that can be held for review, taken down and restored.

    ``kind`` is the label of its :class:`~zhiliu.kit.contracts.object_types.ObjectType`.
    """

    kind: ClassVar[str]
    # What its author reads when it was taken down (with ``words``), and when that was undone; None for what is said of
    # a post.
    says_removed: ClassVar[Any] = None
    says_reopened: ClassVar[Any] = None
    # The fact announced, with author and community, when an object of this type is published.
    said: ClassVar[type[Fact]]

    @abstractmethod
    def release(self, payload: dict[str, Any], *, author: Any, client_id: str) -> int:
        """Publish a held post in its author's name; return its id.

        Raises:
            Refused: its place no longer exists.
        """

    @abstractmethod
    def take_down(self, thing_id: int, *, by: Any) -> None:
        """Hide a published object. Idempotent. The caller has checked permissions."""

    @abstractmethod
    def put_back(self, thing_id: int, *, by: Any) -> None:
        """Undo :meth:`take_down`."""

    @abstractmethod
    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Return published objects as evidence for moderators, in a fixed number of queries."""

    @abstractmethod
    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """Return held posts as evidence for moderators, in the order given; in a fixed number of queries."""

    @abstractmethod
    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """Return a person's posts in communities since a moment, except at ``place``; newest first."""


moderated: Registry[ModeratedType] = Registry("things that are moderated")


def offers_moderated(kind: type[ModeratedType]) -> type[ModeratedType]:
    """Class decorator: register the type."""
    moderated.register(kind(), key=kind.kind)
    return kind
