"""Receivers of the comments app."""

from __future__ import annotations

from collections.abc import Sequence

from zhiliu.activity.consumers import LogEntry, followers

from .facts import CommentWithdrawn
from .models import Comment
from .notification_types import forget_comment


@followers.register(key="comments")
def forget_withdrawn_comments(entries: Sequence[LogEntry]) -> None:
    """Remove deleted comments from inboxes."""
    for entry in entries:
        if isinstance(entry.fact, CommentWithdrawn):
            for comment in Comment.objects.filter(pk=entry.fact.comment_id, withdrawn_at__isnull=False):
                forget_comment(comment)
