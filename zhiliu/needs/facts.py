"""Facts about needs and topics."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class NeedVoiced(Fact, name="needs.need_voiced"):
    """Someone voiced a need with their name."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class AnonymousNeedVoiced(Fact, name="needs.anonymous_need_voiced"):
    """Someone voiced a need anonymously. The log has no actor, no object, and only the day."""

    day_only = True


@dataclass(frozen=True, kw_only=True)
class NeedChanged(Fact, name="needs.need_changed"):
    """The title or body of a need changed."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedClosed(Fact, name="needs.need_closed"):
    """A need was closed with a reason."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedReopened(Fact, name="needs.need_reopened"):
    """A closed need was opened again."""

    about = ("need", "need_id")
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedSupported(Fact, name="needs.need_supported"):
    """Someone supported a need or withdrew their support."""

    about = ("need", "need_id")
    need_id: int
    on: bool


@dataclass(frozen=True, kw_only=True)
class NeedsMerged(Fact, name="needs.needs_merged"):
    """A near-duplicate was merged into another need."""

    about = ("need", "need_id")
    need_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Fact, name="needs.merge_undone"):
    """A merge was undone."""

    about = ("need", "need_id")
    need_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class TopicMade(Fact, name="needs.topic_created"):
    """A topic was created from needs."""

    about = ("topic", "topic_id")
    topic_id: int
    need_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TopicChanged(Fact, name="needs.topic_changed"):
    """A topic's words, checklist or state changed."""

    about = ("topic", "topic_id")
    topic_id: int
