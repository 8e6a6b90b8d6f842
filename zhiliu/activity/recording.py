"""Writes facts to the log, in the transaction of the act."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from zhiliu.kit.contracts.facts import Fact

from .models import Activity
from .wakeups import nudge_after_commit


def record(fact: Fact) -> None:
    """Write ``fact`` to the log."""
    kind, thing_id = "", None
    if fact.about is not None:
        kind, thing_id = fact.about[0], getattr(fact, fact.about[1])
    Activity.objects.create(
        verb=fact.name,
        by_id=fact.by_id,
        community_id=fact.community_id,
        kind=kind,
        thing_id=thing_id,
        data=fact.payload(),
        at=time_of(fact),
    )
    nudge_after_commit()


def time_of(fact: Fact) -> dt.datetime:
    """Return the time to record: now, or only the day where anonymity was promised."""
    now = timezone.now()
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) if fact.day_only else now


def communities_since(moment: dt.datetime) -> set[int]:
    """Return the ids of communities with activity of people since ``moment``."""
    rows = Activity.objects.filter(at__gte=moment, by_id__isnull=False, community_id__isnull=False)
    return {key for key in rows.order_by().values_list("community_id", flat=True).distinct() if key}
