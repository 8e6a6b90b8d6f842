"""Rate limit of a person's direct messages: they are counted, never read."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.rate_limit import RateLimit

from .models import Message

HOUR = dt.timedelta(hours=1)
# Two people who write to each other all day stay far below; a program that writes to everybody does not.
NEWCOMER_DAYS = 7
NEWCOMER_PACE, PACE = RateLimit(120, HOUR), RateLimit(600, HOUR)
# How many of a person's last messages are read: more than direct messages and channels together have per hour.
LAST_MESSAGES = 4 * PACE.limit


def keep_talk_pace(by: Person) -> None:
    """Refuse a direct message above the hourly limit, and say when the person may write again.

    Raises:
        Refused: the limit is reached.
    """
    pace = NEWCOMER_PACE if by.is_newcomer(days=NEWCOMER_DAYS) else PACE
    # One step along an index. Hardly anybody wrote so much anywhere, so the second query is rare.
    anywhere = Message.objects.filter(by=by).order_by("-id").values_list("at", flat=True)
    if pace.next_allowed(anywhere) is None:
        return
    if (again := pace.next_allowed(_times_of_direct_messages(by))) is None:
        return
    words = ngettext(
        "For now you can send one direct message an hour. You can write again at %(again)s.",
        "For now you can send %(limit)s direct messages an hour. You can write again at %(again)s.",
        pace.limit,
    )
    raise Refused(words % {"limit": pace.limit, "again": date_format(timezone.localtime(again), "H:i")})


def _times_of_direct_messages(by: Person) -> list[dt.datetime]:
    """Return the times of the person's latest direct messages, newest first."""
    newest = Message.objects.filter(by=by).order_by("-id").values_list("at", "channel__community_id")[:LAST_MESSAGES]
    return [at for at, community in newest if community is None]
