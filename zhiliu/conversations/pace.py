"""Rate limit of a person's direct messages: they are counted, never read."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused

from .models import Message

HOUR = dt.timedelta(hours=1)
# Limits per hour in the first days, and after that. Two people who chat all day stay far below; a program that messages
# everybody does not.
NEWCOMER_DAYS, NEWCOMER_LIMIT, LIMIT = 7, 120, 600
# How many of a person's last messages are read: more than direct messages and channels together have per hour.
LAST_MESSAGES = 4 * LIMIT


def keep_talk_pace(by: Person) -> None:
    """Refuse a direct message above the hourly limit, and say when the person may write again.

    Raises:
        Refused: the limit is reached.
    """
    limit = NEWCOMER_LIMIT if by.is_newcomer(days=NEWCOMER_DAYS) else LIMIT
    since = timezone.now() - HOUR
    if not _has_said(by, limit, since):
        return
    times = _said_in_talks(by, limit, since)
    if len(times) < limit:
        return
    again = date_format(timezone.localtime(times[-1] + HOUR), "H:i")
    words = ngettext(
        "For now you can send one direct message an hour. You can write again at %(again)s.",
        "For now you can send %(limit)s direct messages an hour. You can write again at %(again)s.",
        limit,
    )
    raise Refused(words % {"limit": limit, "again": again})


def _has_said(by: Person, limit: int, since: dt.datetime) -> bool:
    """Return whether the person has posted that much anywhere: one index lookup, and rarely true."""
    times = Message.objects.filter(by=by).order_by("-id").values_list("at", flat=True)
    return any(at > since for at in times[limit - 1 : limit])


def _said_in_talks(by: Person, limit: int, since: dt.datetime) -> list[dt.datetime]:
    """Return the times of the person's latest direct messages, newest first."""
    last = Message.objects.filter(by=by).order_by("-id").values_list("at", "channel__community_id")[:LAST_MESSAGES]
    return [at for at, community in last if community is None and at > since][:limit]
