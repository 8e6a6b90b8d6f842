"""Tags as people type them into one line."""

from __future__ import annotations


def split_tags(text: str) -> list[str]:
    """Return the tags of a line that separates them by Latin or Chinese commas or semicolons."""
    for comma in "，、；;":
        text = text.replace(comma, ",")
    return [tag.strip() for tag in text.split(",") if tag.strip()]
