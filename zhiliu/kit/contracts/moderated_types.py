"""What moderation has to know of things: an app says how its kind is published, taken down and shown.

The app that owns a kind (``message``, ``comment``) registers a :class:`ModeratedType`. Things are named by two words,
kind and id, as everywhere (``kit.contracts.object_types``).
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
    """Something that was said before or after."""

    name: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Evidence:
    """How a thing stands before those who decide about it.

    Args:
        text: its words. where: the channel, or the title of what it is about; '' for what stands by itself.
        author_id: whose it is, or None. url: where it stands. community_id: None among a few people.
        before, after: what was said around it; nothing of private talks.
        files: (name, key of the upload) of what was sent along. is_down: it has been taken down.
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
    """Something a person said lately.

    Args:
        place: tells one channel or page from another.
    """

    text: str
    at: dt.datetime
    community_id: int | None
    place: str


class ModeratedType(ABC):
    """A kind of thing that can be held back, taken down and put back.

    ``kind`` is the label of its :class:`~zhiliu.kit.contracts.object_types.ObjectType`.
    """

    kind: ClassVar[str]
    #: The fact that is announced, with its author and community, when somebody says something of this kind.
    said: ClassVar[type[Fact]]

    @abstractmethod
    def release(self, payload: dict[str, Any], *, author: Any, client_id: str) -> int:
        """Publish what was held, in its author's name; returns its id.

        Raises:
            Refused: there is no place for it any more.
        """

    @abstractmethod
    def take_down(self, thing_id: int, *, by: Any) -> None:
        """Take a published thing out of sight. Idempotent. The caller has checked permissions."""

    @abstractmethod
    def put_back(self, thing_id: int, *, by: Any) -> None:
        """Undo :meth:`take_down`."""

    @abstractmethod
    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Published things as those who decide see them, in a fixed number of queries."""

    @abstractmethod
    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """What waits, in the order given, as those who decide see it; in a fixed number of queries."""

    @abstractmethod
    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """What somebody published in communities since a moment, but not at ``place``; the newest first."""


moderated: Registry[ModeratedType] = Registry("things that are moderated")


def offers_moderated(kind: type[ModeratedType]) -> type[ModeratedType]:
    """Class decorator: register the type."""
    moderated.register(kind(), key=kind.kind)
    return kind
