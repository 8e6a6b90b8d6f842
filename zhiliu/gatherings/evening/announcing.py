"""Post the run sheet's lines in the channel when their minute comes."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone, translation

from zhiliu.kit.errors import Refused

from ..models import Gathering
from .models import Evening, SheetLine
from .saying import say

logger = logging.getLogger(__name__)
# A line this late is skipped: a server that was down must not post last week's announcements.
LATE = dt.timedelta(minutes=30)


def announce_due(now: dt.datetime | None = None) -> int:
    """Post every due line once, in the host's name and language.

    Returns:
        How many were posted.
    """
    now = now or timezone.now()
    rows = SheetLine.objects.filter(
        sent_at=None,
        evening__gathering__state=Gathering.State.FIXED,
        evening__gathering__starts_at__range=(now - dt.timedelta(hours=9), now + dt.timedelta(days=1, hours=1)),
    ).exclude(evening__phase=Evening.Phase.OVER)
    waiting = rows.select_related("evening__gathering__host", "evening__channel__community")
    lines = [line for line in waiting[:500] if line.moment and line.moment <= now < line.moment + LATE]
    return sum(_say(line, now) for line in sorted(lines, key=lambda line: (line.moment, line.pk)))


def _say(line: SheetLine, now: dt.datetime) -> bool:
    evening, host = line.evening, line.evening.gathering.host
    if host is None:
        return False
    try:
        with transaction.atomic(), translation.override(host.language or None):
            # The filter keeps two job processes from posting the same line; the client id deduplicates after a crash.
            if not SheetLine.objects.filter(pk=line.pk, sent_at=None).update(sent_at=now):
                return False
            say(evening.channel, line.text, name=f"sheet-{line.pk}", by=host)
    except Refused as refused:
        logger.info("a line of the run sheet could not be said: %s", refused)
        return False
    return True
