"""Listeners of needs."""

from __future__ import annotations

from zhiliu.comments.facts import Commented, CommentWithdrawn
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
    comment = Comment.objects.filter(pk=fact.comment_id, kind="need").first()
    if comment is not None:
        _count(comment.thing_id)


def _count(need_id: int) -> None:
    count = Comment.objects.filter(kind="need", thing_id=need_id, withdrawn_at=None).count()
    Need.objects.filter(pk=need_id).update(comment_count=count)
