"""Rate limits."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils import timezone

from .models import Attempt


def may_try(act: str, who: str | int, *, limit: int, minutes: int) -> bool:
    """Record an attempt; return True if it is among the first ``limit`` of the last ``minutes``.

    Called outside the transaction of the act, so that a refused attempt counts. Race: of several at the same moment a
    few more than ``limit`` may pass; that is harmless.

    Args:
        act: what is attempted. who: the person or address it is counted for; only a digest is stored.
    """
    now = timezone.now()
    key = hashlib.sha256(f"{act}:{who}".encode()).hexdigest()
    Attempt.objects.filter(at__lt=now - dt.timedelta(days=1)).delete()
    Attempt.objects.create(key=key, at=now)
    return Attempt.objects.filter(key=key, at__gte=now - dt.timedelta(minutes=minutes)).count() <= limit
