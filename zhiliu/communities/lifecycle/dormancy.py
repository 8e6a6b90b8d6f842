"""Communities that have grown too large or fallen asleep are noticed, and those who look after them told: what to do is
theirs to decide.
"""

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
# Ids of communities in which something has happened since a moment; filled by the log, which stands above.
alive_since: Provider[Callable[[dt.datetime], set[int]]] = Provider("communities with signs of life")


def tell_outgrown() -> int:
    """Propose a split where a community has outgrown its useful size.

    Returns:
        How many communities.
    """
    return _tell(_active("size_told_at").filter(member_count__gt=USEFUL_SIZE), "size_told_at", CommunityOutgrown)


def tell_asleep() -> int:
    """Say where nothing has happened for a long time.

    Returns:
        How many communities.
    """
    since = timezone.now() - ASLEEP
    rows = _active("sleep_told_at").filter(started_at__lt=since).exclude(pk__in=alive_since.provider(since))
    return _tell(rows, "sleep_told_at", CommunityAsleep)


def _active(told: str) -> QuerySet[Community]:
    """Active communities whose keepers were not told lately."""
    untold = Q(**{told: None}) | Q(**{f"{told}__lt": timezone.now() - AGAIN})
    return Community.objects.without_tree_fields().filter(untold, phase=Community.Phase.ACTIVE)


def _tell(rows: QuerySet[Community], told: str, fact: type[Fact]) -> int:
    keys = list(rows.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            # Filtered again: of two processes that found the same community one tells.
            if _active(told).filter(pk=key).update(**{told: timezone.now()}):
                announce(fact(community_id=key))
    return len(keys)
