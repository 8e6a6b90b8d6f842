"""A person's reach: which communities, in which role, and the permission keys that follow.

All community content is read through it: query sets by :meth:`Reach.community_q`, the search index by
:attr:`Reach.keys`, rules by :meth:`Reach.may`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from zhiliu.directory.models import Person
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.memo import Memo

from .models import Community, Membership
from .role_permissions import MAY, Permission, Role

EVERY_EMPLOYEE = "employees"


@dataclass(frozen=True)
class ReachedCommunity:
    """A community, as shown in a person's lists of their own communities."""

    name: str
    mark: str
    kind: str
    slug: str

    @property
    def url(self) -> str:
        """The address of the home page."""
        return address("communities:home", self.slug)


@dataclass
class Reach:
    """A person's communities, read once per request.

    Args:
        person: the person.
        roles: role by community id, for their own memberships.
        places: these communities as lists show them, by name.
    """

    person: Person
    roles: dict[int, str]
    places: tuple[ReachedCommunity, ...] = ()

    def community_q(self, path: str) -> Q:
        """Return a condition on rows whose community the person may see; ``path`` leads to it, '' for Community."""
        prefix = f"{path}__" if path else ""
        mine = Q(**{f"{path}_id__in" if path else "pk__in": list(self.all_roles)})
        if self.person.is_guest:
            return mine
        if self.person.is_admin:
            # Not Q(): in an "or" with another condition, an empty condition would vanish instead of being true.
            return Q(pk__isnull=False)
        return mine | Q(**{f"{prefix}visibility": Community.Visibility.OPEN})

    def sees(self, community: Community) -> bool:
        """Return whether the person sees one community; the twin of :meth:`community_q`."""
        if self.person.is_admin or community.pk in self.all_roles:
            return True
        return not self.person.is_guest and community.visibility == Community.Visibility.OPEN

    def is_member(self, community: Community) -> bool:
        """Return whether the person is a member themselves."""
        return community.pk in self.roles

    def may(self, act: Permission, community_id: int) -> bool:
        """Return whether the person's role there, or in a community above it, allows ``act``."""
        if self.person.is_admin:
            return True
        if self.person.is_guest:
            return False
        return any(act in MAY[role] for role in self.all_roles.get(community_id, ()))

    def communities_with(self, act: Permission) -> list[int]:
        """Return the communities in which a role of the person's own, there or above, allows ``act``.

        Administrators may everywhere, but have no role by that.
        """
        if self.person.is_guest:
            return []
        return [key for key, roles in self.all_roles.items() if any(act in MAY[role] for role in roles)]

    @cached_property
    def all_roles(self) -> dict[int, set[str]]:
        """Roles by community id, including those inherited from communities above."""
        found: dict[int, set[str]] = {key: {role} for key, role in self.roles.items()}
        above = [key for key, role in self.roles.items() if role in (Role.MANAGER, Role.LEADER)]
        waiting = {key: self.roles[key] for key in above}
        while waiting:
            below = {child: waiting[parent] for child, parent in _children.rows(list(waiting))}
            waiting = {key: role for key, role in below.items() if role not in found.get(key, set())}
            for key, role in waiting.items():
                found.setdefault(key, set()).add(role)
        return found

    @property
    def managed(self) -> list[int]:
        """The communities whose members the person's own roles let them approve."""
        return self.communities_with(Permission.ADMIT)

    @cached_property
    def keys(self) -> list[str]:
        """The permission keys for the search index."""
        own = [f"c{key}" for key in self.all_roles] + [f"p{self.person.pk}"]
        if self.person.is_admin:
            return [*own, EVERY_EMPLOYEE, "admins"]
        return own if self.person.is_guest else [*own, EVERY_EMPLOYEE]


# Executed for every page; the second one only for people who manage a community.
_memberships = CompiledQuery(
    lambda person: (
        Membership.objects.filter(person=person)
        .order_by("community__name")
        .values_list("community_id", "role", *(f"community__{field}" for field in ("name", "mark", "kind", "slug")))
    ),
    1,
)
_children = CompiledQuery(
    lambda parents: (
        Community.objects.without_tree_fields()
        .filter(parent__pk__among=parents)
        .order_by()
        .values_list("pk", "parent_id")
    ),
    [1],
)


_remembered: Memo[Person, Reach] = Memo("reach")


def reach(person: Person) -> Reach:
    """Return the reach of ``person``, cached on the object, which is loaded anew for each request."""
    return _remembered.get(person, lambda: _read(person))


def _read(person: Person) -> Reach:
    rows = _memberships.rows(person.pk)
    return Reach(person, {row[0]: row[1] for row in rows}, tuple(ReachedCommunity(*row[2:]) for row in rows))


def forget_reach(person: Person) -> None:
    """Discard the cached reach; called by verbs that change memberships."""
    _remembered.forget(person)


def readers(community: Community) -> list[str]:
    """Return the permission keys of the readers of ``community``; one of them is enough."""
    keys = [f"c{community.pk}", "admins"]
    return [EVERY_EMPLOYEE, *keys] if community.visibility == Community.Visibility.OPEN else keys


def ids_sharing_community(person: Person) -> QuerySet:
    """Return the ids of everyone who shares a community with ``person``."""
    mine = Membership.objects.filter(person=person).values("community_id")
    return Membership.objects.filter(community_id__in=mine).values("person_id")


def moderates_community_of(person: Person, other: Person) -> bool:
    """Return whether a role of ``person`` lets them moderate a community that ``other`` belongs to."""
    moderated = reach(person).communities_with(Permission.MODERATE)
    return Membership.objects.filter(person=other, community__in=moderated).exists()
