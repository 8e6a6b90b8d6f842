"""Facts of comments and votes."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Commented(Fact, name="comments.comment_posted"):
    """A person commented on an object."""

    comment_id: int
    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class CommentWithdrawn(Fact, name="comments.comment_deleted"):
    """A comment was deleted by its author or a moderator."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentPutBack(Fact, name="comments.comment_restored"):
    """A comment that was taken down was restored."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class Voted(Fact, name="comments.voted"):
    """A person voted for an object, or withdrew the vote."""

    kind: str
    thing_id: int
    on: bool
