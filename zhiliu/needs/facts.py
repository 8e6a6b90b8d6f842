"""What happens with needs and topics."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class NeedVoiced(Fact):
    """Somebody said, with their name, where they are stuck."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class AnonymousNeedVoiced(Fact):
    """Somebody said where they are stuck without their name: no actor, no object, and only the day."""

    day_only = True


@dataclass(frozen=True, kw_only=True)
class NeedChanged(Fact):
    """The words of a need changed."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedClosed(Fact):
    """A need was closed with a reason."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedReopened(Fact):
    """A closed need was opened again."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedSupported(Fact):
    """Somebody has the same need, or takes that back."""

    about = ("need", "need_id")
    need_id: int
    on: bool


@dataclass(frozen=True, kw_only=True)
class NeedsMerged(Fact):
    """A near-duplicate was joined into another need."""

    about = ("need", "need_id")
    need_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Fact):
    """A merge was taken back."""

    about = ("need", "need_id")
    need_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class TopicMade(Fact):
    """Needs became a topic."""

    about = ("topic", "topic_id")
    topic_id: int
    need_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TopicChanged(Fact):
    """A topic's words, checklist or state changed."""

    about = ("topic", "topic_id")
    topic_id: int
