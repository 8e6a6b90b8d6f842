"""The questions pages ask about people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.system.db import CompiledQuery

from .fields import Filter, current_fields, sharing
from .login_links import LIFE, Purpose
from .mailing import mailable
from .models import Department, Location, Person, PersonSkill, Position, Room
from .reach import visible_people


def people_list(
    viewer: Person, *, text: str = "", department: Department | None = None, filters: Iterable[Filter] = ()
) -> QuerySet[Person]:
    """People a viewer may see, by name, pinyin, initials, department, skill or a field the company defines.

    With what a row shows.
    """
    people = visible_people(viewer).exclude(kind=Person.Kind.BOT).select_related("department", "position", "location")
    people = people.only("name", "handle", "kind", "tagline", "department__name", "position__name", "location__name")
    if text:
        skilled = PersonSkill.objects.filter(skill__name__icontains=text).values("person")
        placed = Department.objects.filter(name__icontains=text).values("pk")
        people = people.filter(
            Q(pk__in=Person.objects.named(text).values("pk")) | Q(pk__in=skilled) | Q(department__in=placed)
        )
    if department is not None:
        inside = department.descendants(include_self=True).values("pk")
        people = people.filter(department__in=list(inside.values_list("pk", flat=True)))
    for item in filters:
        if item.value:
            # Values are told to colleagues about colleagues; guests have none.
            people = sharing(people.filter(kind=Person.Kind.EMPLOYEE), item.field, item.value)
    return people


def managed_people(*, text: str = "", show: str = "") -> QuerySet[Person]:
    """Everybody an administrator looks after; ``show`` may be gone, guests or admins."""
    people = Person.objects.exclude(kind=Person.Kind.BOT).select_related("department", "position")
    people = people.filter(is_active=show != "gone")
    if show == "guests":
        people = people.filter(kind=Person.Kind.GUEST)
    if show == "admins":
        people = people.filter(is_admin=True)
    return people.filter(pk__in=Person.objects.named(text).values("pk")) if text else people


def with_people(rows: Iterable[Any], field: str) -> list[tuple[Any, int]]:
    """Departments, positions or locations, each with how many active people it has."""
    people = Person.objects.active().exclude(**{field: None})
    counts = dict(people.order_by().values_list(field).annotate(n=Count("pk")))
    return [(row, counts.get(row.pk, 0)) for row in rows]


def counts() -> dict[str, int]:
    """How many there are of what administrators look after."""
    models = {"departments": Department, "positions": Position, "locations": Location, "rooms": Room}
    found = {name: model.objects.count() for name, model in models.items()}  # type: ignore[attr-defined]
    return {**found, "people": managed_people().count(), "fields": current_fields().count()}


def room_names() -> list[str]:
    """Rooms to offer where a gathering is held, by location; the location is named when there are several."""
    rooms = Room.objects.select_related("location").order_by("location__name", "name")[:200]
    several = len({room.location_id for room in rooms}) > 1
    return [f"{room.location} {room}" if several else room.name for room in rooms]


def departments_key() -> tuple[tuple[int, str, int | None], ...]:
    """What the drawn tree of departments depends on; much cheaper than the tree itself."""
    return tuple(_departments.rows())


_departments = CompiledQuery(
    lambda: Department.objects.without_tree_fields().order_by("pk").values_list("pk", "name", "parent_id")
)


def skills_of(person: Person, viewer: Person) -> list[PersonSkill]:
    """A person's skills with who vouches for them, most vouched first."""
    claims = (
        person.skills.select_related("skill")
        .prefetch_related("endorsements__by")
        .annotate(count=Count("endorsements"))
        .order_by("-count", "skill__name")
    )
    for claim in claims:
        claim.mine = any(endorsement.by_id == viewer.pk for endorsement in claim.endorsements.all())  # type: ignore[attr-defined]
    return list(claims)


def best_skills(person: Person, count: int = 2) -> list[PersonSkill]:
    """The skills most people vouch for, each with how many do."""
    claims = person.skills.select_related("skill").annotate(count=Count("endorsements"))
    return list(claims.order_by("-count", "skill__name")[:count])


def links_left(people: QuerySet[Person]) -> dict[str, Any]:
    """What the part of a page needs that hands out links: how many have no password, and are reached by mail."""
    return {
        "without_password": people.count(),
        "mailable": mailable(people).count(),
        "days": LIFE[Purpose.HANDED].days,
        "mail_obstacle": why_no_mail(),
    }


# Acts higher floors add to the page on which administrators look after people: (label, name of the address, icon).
managing_acts: Registry[tuple[Any, str, str]] = Registry("acts on the administrators' page of people")
# Sections higher floors add to the profile page: (person, viewer) -> {"template": ..., **context} or None.
profile_sections: Registry = Registry("sections of the profile page")
# Figures higher floors add: (person, viewer) -> (number, label).
profile_figures: Registry = Registry("figures of the profile page")
# Acts in the head of the profile page: (person, viewer) -> {"label", "url", "icon"} or None.
profile_acts: Registry = Registry("acts on the profile page")
