"""Lock the row of a community while memberships change, and denormalise its member count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db.models import F

from .models import Community, Membership

BATCH = 500
T = TypeVar("T")


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Return rows in batches small enough for one fact each."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def lock_community(community: Community) -> Community:
    """Return the current community, locked: other changes of its memberships wait. Call inside a transaction."""
    # no_key: rows that only reference the community, such as needs and messages, can still be written.
    return Community.objects.without_tree_fields().select_for_update(no_key=True).get(pk=community.pk)


def recount_members(community: Community) -> None:
    """Recount and store the number of members."""
    count = Membership.objects.filter(community=community).count()
    Community.objects.filter(pk=community.pk).update(member_count=count, version=F("version") + 1)
    community.member_count = count
