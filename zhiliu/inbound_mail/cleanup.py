"""What need not be remembered of inbound mail any more."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from .models import ProcessedMail, RejectedMail

# A mail server tries for five days or less; a mailbox may be fetched from again much later.
KEPT = dt.timedelta(days=180)
TOLD = dt.timedelta(days=14)


def forget_old_letters(now: dt.datetime | None = None) -> int:
    """Forget mails of half a year ago, and what was told two weeks ago.

    Returns:
        How many rows went.
    """
    now = now or timezone.now()
    gone, _ = ProcessedMail.objects.filter(at__lt=now - KEPT).delete()
    told, _ = RejectedMail.objects.filter(at__lt=now - TOLD).delete()
    return int(gone + told)
