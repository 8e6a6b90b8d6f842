"""What the tests of communities share: who is inside, who waits, and how often a fact was announced."""

from __future__ import annotations

from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community


def inside(community: Community) -> list[str]:
    """Handles of the members."""
    return sorted(community.memberships.values_list("person__handle", flat=True))


def waiting(community: Community) -> list[str]:
    """Handles of those on the waiting list, the first in line first."""
    return list(community.waiting_places.order_by("at", "pk").values_list("person__handle", flat=True))


def count_facts(name: str) -> int:
    """How many facts of that name the log has of this app."""
    return Activity.objects.filter(verb=f"communities.{name}").count()
