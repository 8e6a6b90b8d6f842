"""Which communities a person moderates."""

from __future__ import annotations

from django.db.models import Q

from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person


def ids_with(act: Permission, person: Person) -> list[int]:
    """Return communities in which a role of the person allows ``act``; administrators may everywhere without one."""
    return reach(person).communities_with(act) if person.is_active else []


def moderates_everywhere(person: Person) -> bool:
    """Return True if the person moderates all communities, and objects without one."""
    return person.is_admin and person.is_active


def moderated_q(person: Person) -> Q:
    """Return a filter for rows in communities the person moderates; rows without a community are for administrators."""
    if moderates_everywhere(person):
        # Not Q(): combined by "or" with something else, an empty condition would vanish instead of being true.
        return Q(pk__isnull=False)
    return Q(community_id__in=ids_with(Permission.MODERATE, person))
