"""Deletes old records of inbound mail."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from .models import ProcessedMail, RejectedMail

# A mail server retries for five days or less; a mailbox may be fetched again much later.
KEPT = dt.timedelta(days=180)
TOLD = dt.timedelta(days=14)


def forget_old_letters(now: dt.datetime | None = None) -> int:
    """Delete records of mails after half a year, and of rejections after two weeks.

    Returns:
        How many rows were deleted.
    """
    now = now or timezone.now()
    processed, _ = ProcessedMail.objects.filter(at__lt=now - KEPT).delete()
    rejected, _ = RejectedMail.objects.filter(at__lt=now - TOLD).delete()
    return int(processed + rejected)
