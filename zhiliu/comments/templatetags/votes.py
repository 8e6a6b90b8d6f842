"""Votes and reactions: a count, and a button to toggle the reader's own."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import ngettext

register = template.Library()


@register.inclusion_tag("comments/_votebox.html")
def votebox(count: int, mine: bool, url: str, label: str = "", big: bool = False) -> dict[str, Any]:
    """Render a vote box: the count, and a button to toggle the reader's vote. It posts the requested state, so that a
    double click is harmless.

    Args:
        count: current votes, including the reader's.
        mine: whether the reader's is among them.
        url: where ``on=1`` or ``on=0`` is posted; the response replaces the box. Empty shows the count only.
        label: the object, for screen readers.
        big: for the header of a page.
    """
    votes = ngettext("%(n)s vote", "%(n)s votes", count) % {"n": count}
    return {"count": count, "mine": mine, "url": url, "said": f"{votes} {label}".strip(), "big": big}


@register.inclusion_tag("comments/_reaction_button.html")
def reaction_button(word: Any, count: int, mine: bool, url: str, icon_name: str = "") -> dict[str, Any]:
    """Render a reaction: a word and its count; works like :func:`votebox`."""
    return {"word": word, "count": count, "mine": mine, "url": url, "icon_name": icon_name}
