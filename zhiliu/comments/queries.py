"""Queries of pages with comments."""

from __future__ import annotations

from .models import Comment


def comments_on(kind: str, thing_id: int, limit: int = 200) -> list[Comment]:
    """Return the comments on an object, oldest first; deleted ones stay as placeholders without text."""
    rows = Comment.objects.filter(kind=kind, thing_id=thing_id).select_related("by").order_by("pk")
    return list(rows[:limit])


def last_words(kind: str, thing_id: int, by_id: int | None) -> str:
    """Return a person's latest comment on an object, for a mail about it; '' if there is none."""
    rows = Comment.objects.filter(kind=kind, thing_id=thing_id, by=by_id, withdrawn_at=None).order_by("-pk")
    last = rows.first() if by_id else None
    return last.body if last is not None else ""
