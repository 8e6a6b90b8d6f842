"""What happens with comments and votes."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Commented(Fact, name="comments.comment_posted"):
    """Somebody commented on a thing."""

    comment_id: int
    kind: str
    thing_id: int


@dataclass(frozen=True, kw_only=True)
class CommentWithdrawn(Fact, name="comments.comment_deleted"):
    """A comment was taken back by its author or a moderator."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentPutBack(Fact, name="comments.comment_restored"):
    """A comment that was taken down stands again."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class Voted(Fact, name="comments.voted"):
    """Somebody voted for a thing, or took the vote back."""

    kind: str
    thing_id: int
    on: bool
