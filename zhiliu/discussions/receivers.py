"""What discussions listen to."""

from __future__ import annotations

from zhiliu.comments.facts import Commented, CommentWithdrawn
from zhiliu.comments.models import Comment
from zhiliu.kit.facts import listen

from .models import Post


@listen(Commented)
def count_comment(fact: Commented) -> None:
    """Keep the number of comments with the post, so that lists need not count."""
    if fact.kind == "post":
        _count(fact.thing_id)


@listen(CommentWithdrawn)
def count_withdrawn(fact: CommentWithdrawn) -> None:
    """The same when a comment is taken back."""
    comment = Comment.objects.filter(pk=fact.comment_id, kind="post").first()
    if comment is not None:
        _count(comment.thing_id)


def _count(post_id: int) -> None:
    count = Comment.objects.filter(kind="post", thing_id=post_id, withdrawn_at=None).count()
    Post.objects.filter(pk=post_id).update(comment_count=count)
