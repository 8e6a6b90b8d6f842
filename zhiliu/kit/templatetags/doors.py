"""Tags that belong to ``kit.doors`` and ``kit.hanzi``."""

from __future__ import annotations

import datetime as dt
import secrets

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhiliu.kit.hanzi import breakable

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """Hidden field that makes a form act once however often it is sent (``kit.doors.once``)."""
    return format_html('<input type="hidden" name="_once" value="{}">', secrets.token_urlsafe(18))


@register.filter
def clock_key(moment: dt.datetime | None) -> str:
    """The part of a fragment's key that stands for words like "26 min", "yesterday": it differs when the words do."""
    now = timezone.localtime()
    if moment is None:
        return ""
    lately = abs(now - moment) < dt.timedelta(hours=25)
    return now.strftime("%y%m%d%H%M" if lately else "%y%m%d") + timezone.get_current_timezone_name()


@register.filter
def breaks(text: str) -> SafeString:
    """A title that breaks between words."""
    return breakable(str(text))
