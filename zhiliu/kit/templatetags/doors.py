"""Tags that belong to ``kit.doors`` and ``kit.hanzi``."""

from __future__ import annotations

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhiliu.kit.hanzi import breakable

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """Hidden field that makes a form act once however often it is sent (``kit.doors.once``)."""
    return format_html('<input type="hidden" name="_once" value="{}">', secrets.token_urlsafe(18))


@register.filter
def breaks(text: str) -> SafeString:
    """A title that breaks between words."""
    return breakable(str(text))
