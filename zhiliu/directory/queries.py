"""Queries of pages about people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.registry import Registry
from zhiliu.kit.models import Session
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web.paging import ListOrder
from zhiliu.kit.web.table_export import moment_cell

from .fields import Filter, current_fields, sharing
from .link_handover import without_password
from .login_links import LIFE, Purpose
from .mailing import mailable
from .models import Department, Location, Person, PersonSkill, Position, Room
from .reach import visible_people


def people_list(
    viewer: Person, *, text: str = "", department: Department | None = None, filters: Iterable[Filter] = ()
) -> QuerySet[Person]:
    """Return people a viewer may see, by name, pinyin, initials, department, skill or a custom field.

    Loads only what a row shows.
    """
    people = visible_people(viewer).exclude(kind=Person.Kind.BOT).select_related("department", "position", "location")
    people = people.only(
        *("name", "handle", "kind", "photo", "tagline"), *("department__name", "position__name", "location__name")
    )
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
            # Values are shown by colleagues to colleagues; guests have none.
            people = sharing(people.filter(kind=Person.Kind.EMPLOYEE), item.field, item.value)
    return people


# Orders of the administrators' list by what the address says; "" is the usual one.
MANAGED_ORDERS = {
    "": ListOrder("name", gettext_lazy("By name")),
    "number": ListOrder("sorted_number", gettext_lazy("By number")),
    "newest": ListOrder("-joined_at", pgettext_lazy("people", "Newest first")),
    "seen": ListOrder("-last_here", gettext_lazy("Last here first")),
}
# Sorts people who were never here behind all others; a page orders by no null.
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def managed_people(
    *, text: str = "", show: str = "", lack: str = "", department: Department | None = None
) -> QuerySet[Person]:
    """Return everybody an administrator manages.

    Args:
        show: may be gone, guests or admins. lack: "entry" for who never signed in, "email" for who has no address.
        department: with all departments below it.
    """
    people = Person.objects.exclude(kind=Person.Kind.BOT).select_related("department", "position")
    people = people.filter(is_active=show != "gone")
    if show == "guests":
        people = people.filter(kind=Person.Kind.GUEST)
    if show == "admins":
        people = people.filter(is_admin=True)
    if lack == "entry":
        people = people.filter(came_in_at=None)
    if lack == "email":
        people = people.filter(Q(email=None) | Q(email=""))
    if department is not None:
        inside = Department.objects.descendants(department.pk, include_self=True).values_list("pk", flat=True)
        people = people.filter(department__in=list(inside))
    return people.filter(pk__in=Person.objects.named(text).values("pk")) if text else people


def with_managed_columns(people: QuerySet[Person]) -> QuerySet[Person]:
    """Annotate people with what their list shows and is ordered by: last here, a number, whether they take a link."""
    session = Session.objects.filter(account_id=OuterRef("pk")).order_by("-seen_at").values("seen_at")[:1]
    last_here = Coalesce(Subquery(session), "last_login", "came_in_at", Value(_NEVER))
    return people.annotate(
        last_here=last_here,
        sorted_number=Coalesce("employee_number", Value("")),
        takes_link=Exists(without_password().filter(pk=OuterRef("pk"))),
    )


def managed_lines(people: QuerySet[Person]) -> Iterator[Sequence[Any]]:
    """Yield the lines of the administrators' list, headings first.

    Args:
        people: from :func:`with_managed_columns`, in their order.
    """
    who = (pgettext("person", "Name"), pgettext("person", "Number"), _("Department"), _("Position"))
    yield *who, _("Email address"), pgettext("person", "Kind"), _("Hired on"), _("First signed in"), _("Last here")
    for person in people.iterator(chunk_size=500):
        place = (str(person.department or ""), str(person.position or ""), person.email or "")
        hired = person.hired_on.isoformat() if person.hired_on else ""
        seen = moment_cell(person.last_here) if person.came_in_at else ""  # type: ignore[attr-defined]
        came_in = moment_cell(person.came_in_at)
        yield person.name, person.employee_number or "", *place, person.get_kind_display(), hired, came_in, seen


def with_people(rows: Iterable[Any], field: str) -> list[tuple[Any, int]]:
    """Return departments, positions or locations, each with its number of active people."""
    people = Person.objects.active().exclude(**{field: None})
    counts = dict(people.order_by().values_list(field).annotate(n=Count("pk")))
    return [(row, counts.get(row.pk, 0)) for row in rows]


def counts() -> dict[str, int]:
    """Return the counts of what administrators manage."""
    models = {"departments": Department, "positions": Position, "locations": Location, "rooms": Room}
    numbers = {name: model.objects.count() for name, model in models.items()}  # type: ignore[attr-defined]
    return {**numbers, "people": managed_people().count(), "fields": current_fields().count()}


def room_names() -> list[str]:
    """Return rooms to suggest for a gathering; with the location's name if there are several."""
    rooms = Room.objects.select_related("location").order_by("location__name", "name")[:200]
    several = len({room.location_id for room in rooms}) > 1
    return [f"{room.location} {room}" if several else room.name for room in rooms]


def departments_key() -> tuple[tuple[int, str, int | None], ...]:
    """Return the cache key of the rendered tree of departments; much cheaper than the tree itself."""
    return tuple(_departments.rows())


_departments = CompiledQuery(
    lambda: Department.objects.without_tree_fields().order_by("pk").values_list("pk", "name", "parent_id")
)


def skills_of(person: Person, viewer: Person) -> list[PersonSkill]:
    """Return a person's skills with endorsements, most endorsed first."""
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
    """Return the most endorsed skills, each with its count."""
    claims = person.skills.select_related("skill").annotate(count=Count("endorsements"))
    return list(claims.order_by("-count", "skill__name")[:count])


def links_left(people: QuerySet[Person]) -> dict[str, Any]:
    """Return the context for handing out links: how many people have no password, and how many mail can reach."""
    return {
        "without_password": people.count(),
        "mailable": mailable(people).count(),
        "days": LIFE[Purpose.HANDED].days,
        "mail_obstacle": why_no_mail(),
    }


# Actions that higher layers add to the administrators' page of people: (label, URL name, icon).
managing_acts: Registry[tuple[Any, str, str]] = Registry("acts on the administrators' page of people")
# Sections that higher layers add to the profile page: (person, viewer) -> {"template": ..., **context} or None.
profile_sections: Registry = Registry("sections of the profile page")
# Figures that higher layers add: (person, viewer) -> (number, label).
profile_figures: Registry = Registry("figures of the profile page")
# Actions in the header of the profile page: (person, viewer) -> {"label", "url", "icon"} or None.
profile_acts: Registry = Registry("acts on the profile page")
