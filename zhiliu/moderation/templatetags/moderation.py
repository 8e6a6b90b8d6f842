"""Moderation on pages of other apps: report links, and the reader's own held posts."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from zhiliu.kit.web.addresses import address
from zhiliu.moderation.queries import own_waiting

register = template.Library()


@register.inclusion_tag("moderation/_report_link.html", takes_context=True)
def report_link(context: Context, kind: str, key: int, author_id: int | None = None, look: str = "link") -> Any:
    """Render a link to report an object; nothing for the reader's own. ``look``: ``link``, ``menu`` or ``icon``."""
    person = context["request"].user
    url = f"{address('moderation:report')}?kind={kind}&id={key}"
    return {"url": url, "look": look, "shown": author_id is None or author_id != person.pk}


@register.inclusion_tag("moderation/_waiting_here.html", takes_context=True)
def waiting_here(context: Context, kind: str, key: int) -> Any:
    """Render the reader's own held posts on a page; ``kind`` and ``key`` identify the page."""
    return {"held": own_waiting(context["request"].user, f"{kind}-{key}")}
