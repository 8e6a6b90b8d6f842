"""Rate limits for attempts that leave no other trace: test mails, passwords, links, pictures from elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from zhiliu.kit.system.rate_limit import RateLimit

from .models import Attempt

DAY = dt.timedelta(days=1)


def may_try(act: str, who: str | int, *, limit: int, minutes: int) -> bool:
    """Record an attempt and return whether it is among the first ``limit`` of the last ``minutes``.

    Call it outside the transaction of the act, so that a refused attempt counts. Concurrent requests may pass a few
    more than ``limit``, which helps nobody.

    Args:
        act: what is tried. who: the person or address that tries; only a digest is stored.
    """
    (attempt,) = record_attempts([f"{act}:{who}"])
    return not RateLimit(limit, dt.timedelta(minutes=minutes)).is_exceeded(times_like(attempt))


def record_attempts(names: Sequence[str]) -> list[Attempt]:
    """Store an attempt for each name, and forget those of yesterday.

    Args:
        names: what is tried and by whom; only digests are stored.
    """
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - DAY).delete()
    keys = [hashlib.sha256(name.encode()).hexdigest() for name in names]
    return Attempt.objects.bulk_create([Attempt(key=key, at=now) for key in keys])


def times_like(attempt: Attempt) -> QuerySet[Attempt, dt.datetime]:
    """Return when the same was tried by the same, this attempt included, newest first."""
    return Attempt.objects.filter(key=attempt.key).order_by("-at").values_list("at", flat=True)
