"""Votes and reactions: a count, and a press to give or take back one's own."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import ngettext

register = template.Library()


@register.inclusion_tag("comments/_votebox.html")
def votebox(count: int, mine: bool, url: str, label: str = "", big: bool = False) -> dict[str, Any]:
    """A vote: count, and a press to give or take back one's own. It posts the state wished for, so that a double
    click does no harm.

    Args:
        count: votes now, one's own included.
        mine: whether one's own is among them.
        url: where ``on=1`` or ``on=0`` is posted; the answer replaces the box. Empty shows the count only.
        label: what is voted for, for readers.
        big: for the head of a page.
    """
    votes = ngettext("%(n)s vote", "%(n)s votes", count) % {"n": count}
    return {"count": count, "mine": mine, "url": url, "said": f"{votes} {label}".strip(), "big": big}


@register.inclusion_tag("comments/_reaction_button.html")
def reaction_button(word: Any, count: int, mine: bool, url: str, icon_name: str = "") -> dict[str, Any]:
    """A reaction: a word and how many said it; works as :func:`votebox` does."""
    return {"word": word, "count": count, "mine": mine, "url": url, "icon_name": icon_name}
