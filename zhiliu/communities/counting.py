"""The row of a community is held while memberships change, and its count of members written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db.models import F

from .models import Community, Membership

BATCH = 500
T = TypeVar("T")


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Rows in pieces small enough for one fact each."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def lock_community(community: Community) -> Community:
    """The community as it is now, locked: whoever else changes its memberships waits. Called inside a transaction."""
    # no_key: what only points at the community, a need or a message, is written meanwhile.
    return Community.objects.without_tree_fields().select_for_update(no_key=True).get(pk=community.pk)


def recount_members(community: Community) -> None:
    """Write how many members there are."""
    count = Membership.objects.filter(community=community).count()
    Community.objects.filter(pk=community.pk).update(member_count=count, version=F("version") + 1)
    community.member_count = count
