"""Remind attendees two days and one hour before."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.facts import announce

from .facts import ReminderDue
from .models import Gathering, Reminder


def remind_due(now: dt.datetime | None = None) -> int:
    """Announce every due reminder once. Reminders of gatherings that have begun or are not scheduled are skipped.

    Returns:
        How many were announced.
    """
    now, count = now or timezone.now(), 0
    reminders = (
        Reminder.objects.filter(announced_at=None, due_at__lte=now).select_related("gathering").order_by("due_at")
    )
    for reminder in reminders[:500]:
        with transaction.atomic():
            # The filter keeps two job processes from announcing the same row.
            mine = Reminder.objects.filter(pk=reminder.pk, announced_at=None).update(announced_at=now)
            if mine and _is_wanted(reminder.gathering, now):
                gathering = reminder.gathering
                announce(
                    ReminderDue(gathering_id=gathering.pk, kind=reminder.kind, community_id=gathering.community_id)
                )
                count += 1
    return count


def _is_wanted(gathering: Gathering, now: dt.datetime) -> bool:
    return gathering.state == Gathering.State.FIXED and gathering.starts_at is not None and gathering.starts_at > now
