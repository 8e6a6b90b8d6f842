"""Listeners of needs."""

from __future__ import annotations

from zhiliu.comments.facts import Commented, CommentPutBack, CommentWithdrawn
from zhiliu.comments.models import Comment
from zhiliu.kit.contracts.facts import listen

from .models import Need


@listen(Commented)
def count_comment(fact: Commented) -> None:
    """Denormalise the number of comments on the need, so that lists need not count."""
    if fact.kind == "need":
        _count(fact.thing_id)


@listen(CommentWithdrawn)
def count_withdrawn(fact: CommentWithdrawn) -> None:
    """Recount when a comment is deleted."""
    _count_about(fact.comment_id)


@listen(CommentPutBack)
def count_put_back(fact: CommentPutBack) -> None:
    """Recount when a comment is restored."""
    _count_about(fact.comment_id)


def _count_about(comment_id: int) -> None:
    comment = Comment.objects.filter(pk=comment_id, kind="need").first()
    if comment is not None:
        _count(comment.thing_id)


def _count(need_id: int) -> None:
    count = Comment.objects.filter(kind="need", thing_id=need_id, withdrawn_at=None).count()
    Need.objects.filter(pk=need_id).update(comment_count=count)
