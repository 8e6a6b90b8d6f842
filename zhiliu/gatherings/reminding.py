"""Those who come are reminded, two days and an hour before."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.facts import announce

from .facts import ReminderDue
from .models import Gathering, Reminder


def remind_due(now: dt.datetime | None = None) -> int:
    """Announce every reminder whose moment has come, once; those of gatherings that have begun are passed over.

    Returns:
        How many were announced.
    """
    now, told = now or timezone.now(), 0
    due = Reminder.objects.filter(announced_at=None, due_at__lte=now).select_related("gathering").order_by("due_at")
    for reminder in due[:500]:
        with transaction.atomic():
            # The filter keeps two job processes from announcing the same one.
            mine = Reminder.objects.filter(pk=reminder.pk, announced_at=None).update(announced_at=now)
            if mine and _is_wanted(reminder.gathering, now):
                gathering = reminder.gathering
                announce(
                    ReminderDue(gathering_id=gathering.pk, kind=reminder.kind, community_id=gathering.community_id)
                )
                told += 1
    return told


def _is_wanted(gathering: Gathering, now: dt.datetime) -> bool:
    return gathering.state == Gathering.State.FIXED and gathering.starts_at is not None and gathering.starts_at > now
