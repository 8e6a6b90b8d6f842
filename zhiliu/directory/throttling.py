"""Rate limits for attempts that leave no other trace: test mails, passwords, links, pictures from elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils import timezone

from zhiliu.kit.system.rate_limit import RateLimit

from .models import Attempt


def may_try(act: str, who: str | int, *, limit: int, minutes: int) -> bool:
    """Record an attempt and return whether it is among the first ``limit`` of the last ``minutes``.

    Call it outside the transaction of the act, so that a refused attempt counts. Concurrent requests may pass a few
    more than ``limit``, which helps nobody.

    Args:
        act: what is tried. who: the person or address that tries; only a digest is stored.
    """
    now = timezone.now()
    key = hashlib.sha256(f"{act}:{who}".encode()).hexdigest()
    Attempt.objects.filter(at__lt=now - dt.timedelta(days=1)).delete()
    earlier = Attempt.objects.filter(key=key).order_by("-at").values_list("at", flat=True)
    allowed = RateLimit(limit, dt.timedelta(minutes=minutes)).next_allowed(earlier, now) is None
    Attempt.objects.create(key=key, at=now)
    return allowed
