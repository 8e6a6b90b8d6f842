"""The questions pages ask about comments."""

from __future__ import annotations

from .models import Comment


def comments_on(kind: str, thing_id: int, limit: int = 200) -> list[Comment]:
    """What was said about a thing, oldest first; withdrawn comments stay as a trace without words."""
    rows = Comment.objects.filter(kind=kind, thing_id=thing_id).select_related("by").order_by("pk")
    return list(rows[:limit])
