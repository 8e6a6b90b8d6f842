"""The questions pages ask about comments."""

from __future__ import annotations

from .models import Comment


def comments_on(kind: str, thing_id: int, limit: int = 200) -> list[Comment]:
    """What was said about a thing, oldest first; withdrawn comments stay as a trace without words."""
    rows = Comment.objects.filter(kind=kind, thing_id=thing_id).select_related("by").order_by("pk")
    return list(rows[:limit])


def last_words(kind: str, thing_id: int, by_id: int | None) -> str:
    """What somebody said last about a thing, for a mail about it; '' when it was taken back."""
    rows = Comment.objects.filter(kind=kind, thing_id=thing_id, by=by_id, withdrawn_at=None).order_by("-pk")
    last = rows.first() if by_id else None
    return last.body if last is not None else ""
