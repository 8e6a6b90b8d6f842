"""Whom a person can see. The layer above (communities) provides who shares a community."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from zhiliu.kit.contracts.registry import Provider

from .models import Person

# Returns the ids of everybody who shares a community with a person, as a subquery.
shares_community: Provider[Callable[[Person], QuerySet]] = Provider("who shares a community with a person")


def visible_people(person: Person) -> QuerySet[Person]:
    """Return everybody ``person`` may see.

    Employees see all employees, and the guests of their communities. Guests see whom they share a community with.
    """
    if person.is_admin:
        return Person.objects.active()
    shared = Q(pk__in=shares_community.provider(person)) | Q(pk=person.pk)
    if person.is_guest:
        return Person.objects.active().filter(shared)
    return Person.objects.active().filter(~Q(kind=Person.Kind.GUEST) | shared)


def visible_among(person: Person, keys: QuerySet) -> QuerySet[Person]:
    """Return those of some people, given by a query for their ids, whom ``person`` may see.

    For conditions on the people of other rows: :func:`visible_people` by itself would go through everybody.
    """
    return visible_people(person).filter(pk__in=keys)


def can_see_person(person: Person, other: Person) -> bool:
    """The twin of :func:`visible_people` for one person."""
    return visible_people(person).filter(pk=other.pk).exists()
