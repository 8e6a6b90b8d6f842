"""The questions pages ask about people."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from zhiliu.kit.plugs import Shelf

from .models import Department, Person, PersonSkill
from .reach import visible_people


def people_list(viewer: Person, *, text: str = "", department: Department | None = None) -> QuerySet[Person]:
    """People a viewer may see, by name, pinyin, initials, department or skill, with what a row shows."""
    people = visible_people(viewer).exclude(kind=Person.Kind.BOT).select_related("department", "position", "location")
    people = people.only("name", "handle", "kind", "sentence", "department__name", "position__name", "location__name")
    if text:
        skilled = PersonSkill.objects.filter(skill__name__icontains=text).values("person")
        placed = Department.objects.filter(name__icontains=text).values("pk")
        people = people.filter(
            Q(pk__in=Person.objects.named(text).values("pk")) | Q(pk__in=skilled) | Q(department__in=placed)
        )
    if department is not None:
        inside = department.descendants(include_self=True).values("pk")
        people = people.filter(department__in=list(inside.values_list("pk", flat=True)))
    return people


def departments_key() -> tuple[tuple[int, str, int | None], ...]:
    """What the drawn tree of departments depends on; much cheaper than the tree itself."""
    return tuple(Department.objects.without_tree_fields().order_by("pk").values_list("pk", "name", "parent_id"))


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


# Sections higher floors add to the profile page: (person, viewer) -> {"template": ..., **context} or None.
profile_sections: Shelf = Shelf("sections of the profile page")
# Figures higher floors add: (person, viewer) -> (number, label).
profile_figures: Shelf = Shelf("figures of the profile page")
# Acts in the head of the profile page: (person, viewer) -> {"label", "url", "icon"} or None.
profile_acts: Shelf = Shelf("acts on the profile page")
