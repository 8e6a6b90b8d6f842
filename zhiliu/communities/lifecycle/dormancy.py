"""Find communities that have outgrown their useful size or fallen asleep, and notify their managers, who decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from zhiliu.kit.contracts.facts import Fact, announce
from zhiliu.kit.contracts.registry import Provider

from ..facts import CommunityAsleep, CommunityOutgrown
from ..models import Community
from .splitting import USEFUL_SIZE

ASLEEP = dt.timedelta(days=60)
AGAIN = dt.timedelta(days=90)
# Ids of communities with activity since a time; provided by the log, a higher layer.
alive_since: Provider[Callable[[dt.datetime], set[int]]] = Provider("communities with signs of life")


def tell_outgrown() -> int:
    """Announce communities that have outgrown their useful size, to suggest a split.

    Returns:
        How many were announced.
    """
    return _tell(_active("size_told_at").filter(member_count__gt=USEFUL_SIZE), "size_told_at", CommunityOutgrown)


def tell_asleep() -> int:
    """Announce communities without activity for a long time.

    Returns:
        How many were announced.
    """
    since = timezone.now() - ASLEEP
    rows = _active("sleep_told_at").filter(started_at__lt=since).exclude(pk__in=alive_since.provider(since))
    return _tell(rows, "sleep_told_at", CommunityAsleep)


def _active(field: str) -> QuerySet[Community]:
    """Return active communities whose managers were not notified recently."""
    untold = Q(**{field: None}) | Q(**{f"{field}__lt": timezone.now() - AGAIN})
    return Community.objects.without_tree_fields().filter(untold, phase=Community.Phase.ACTIVE)


def _tell(rows: QuerySet[Community], field: str, fact: type[Fact]) -> int:
    count = 0
    for key in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            # Filtered again: if two processes found the same community, only one announces it.
            if _active(field).filter(pk=key).update(**{field: timezone.now()}):
                announce(fact(community_id=key))
                count += 1
    return count
