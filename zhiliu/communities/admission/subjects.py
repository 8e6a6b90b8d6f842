"""Subjects of admission rules: each turns a condition into a query and into words."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from calendar import isleap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zhiliu.directory.fields import having
from zhiliu.directory.models import Department, Location, Person, PersonSkill, Position, ProfileField, Skill

FIELD = "field:"
MOST_CHOICES = 2000


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: any of some values, or a range.

    Args:
        about: key of the subject. any: values, one of which is enough. least, most: ends of a range, inclusive.
    """

    about: str
    any: tuple[Any, ...] = ()
    least: Any = None
    most: Any = None

    @property
    def is_complete(self) -> bool:
        """Whether it has values or a range."""
        return bool(self.any) or self.least is not None or self.most is not None


class Subject(ABC):
    """An attribute of a person that rules can use.

    Class attributes:
        key, label: for addresses and for people. span: "number" or "date" for ranges, "" for lists of choices.
    """

    key: str
    label: Any
    span: ClassVar[str] = ""

    @abstractmethod
    def q(self, condition: Condition) -> Q:
        """Return the condition on people who meet ``condition``."""

    @abstractmethod
    def words(self, condition: Condition) -> str:
        """Return ``condition`` as part of a sentence."""

    def choices(self) -> list[tuple[Any, str]]:
        """Return (value, name) of the choices."""
        return []


class _Named(Subject):
    """A subject whose values are rows of a table."""

    model: ClassVar[Any]
    column: ClassVar[str]

    def q(self, condition: Condition) -> Q:
        return Q(**{f"{self.column}__in": list(condition.any)})

    def words(self, condition: Condition) -> str:
        names = self.model.objects.filter(pk__in=condition.any).order_by("name").values_list("name", flat=True)
        return _("%(subject)s is %(values)s") % {"subject": _inside(self.label), "values": either(names)}

    def choices(self) -> list[tuple[Any, str]]:
        return list(self.model.objects.order_by("name").values_list("pk", "name")[:MOST_CHOICES])


class LevelSubject(Subject):
    """The level of the position; levels come from the existing positions."""

    key, label, span = "level", pgettext_lazy("rule", "Level"), "number"

    def q(self, condition: Condition) -> Q:
        return _span("position__level", condition.least, condition.most)

    def words(self, condition: Condition) -> str:
        names = dict(self.choices())
        return _span_words(self.label, condition, lambda level: names.get(level, str(level)))

    def choices(self) -> list[tuple[Any, str]]:
        named: dict[int, list[str]] = defaultdict(list)
        for level, name in Position.objects.order_by("level", "name").values_list("level", "name"):
            named[level].append(name)
        return [
            (level, _("%(level)s (%(positions)s)") % {"level": level, "positions": _few(names)})
            for level, names in named.items()
        ]


class LocationSubject(_Named):
    """The location a person works at."""

    key, label, model, column = "location", pgettext_lazy("rule", "Location"), Location, "location_id"


class DepartmentSubject(Subject):
    """The department, including those below it."""

    key, label = "department", pgettext_lazy("rule", "Department")

    def q(self, condition: Condition) -> Q:
        return Q(department_id__in=with_below(condition.any))

    def words(self, condition: Condition) -> str:
        names = Department.objects.filter(pk__in=condition.any).order_by("name").values_list("name", flat=True)
        return _("department is %(values)s (including sub-departments)") % {"values": either(names)}

    def choices(self) -> list[tuple[Any, str]]:
        rows = Department.objects.with_tree_fields()[:MOST_CHOICES]
        return [(row.pk, "　" * row.tree_depth + row.name) for row in rows]


class TenureSubject(Subject):
    """Full years since the hire date."""

    key, label, span = "tenure", pgettext_lazy("rule", "Years here"), "number"

    def q(self, condition: Condition) -> Q:
        asks = Q()
        if condition.least is not None:
            asks &= Q(hired_on__lte=_years_ago(condition.least))
        if condition.most is not None:
            asks &= Q(hired_on__gt=_years_ago(condition.most + 1))
        return asks

    def words(self, condition: Condition) -> str:
        return _span_words(self.label, condition, lambda n: ngettext("%(n)s year", "%(n)s years", n) % {"n": n})


class HiredSubject(Subject):
    """The hire date; days are stored as ISO dates."""

    key, label, span = "hired", pgettext_lazy("rule", "Hired on"), "date"

    def q(self, condition: Condition) -> Q:
        return _span("hired_on", condition.least, condition.most)

    def words(self, condition: Condition) -> str:
        names = {"from": _day(condition.least), "to": _day(condition.most)}
        if condition.most is None:
            return _("hired on %(from)s or later") % names
        if condition.least is None:
            return _("hired on %(to)s or earlier") % names
        return _("hired from %(from)s to %(to)s") % names


class KindSubject(Subject):
    """Colleague or guest; a rule without this condition is for colleagues."""

    key, label = "kind", pgettext_lazy("rule", "Kind of person")

    def q(self, condition: Condition) -> Q:
        return Q(kind__in=list(condition.any))

    def words(self, condition: Condition) -> str:
        names = [name for value, name in self.choices() if value in condition.any]
        return _("%(subject)s is %(values)s") % {"subject": _inside(self.label), "values": either(names)}

    def choices(self) -> list[tuple[Any, str]]:
        return [(kind.value, str(kind.label)) for kind in (Person.Kind.EMPLOYEE, Person.Kind.GUEST)]


class SkillSubject(_Named):
    """A skill a person declares."""

    key, label, model, column = "skill", pgettext_lazy("rule", "Skill"), Skill, ""

    def q(self, condition: Condition) -> Q:
        # Not a join: people with two of the skills would appear twice.
        return Q(pk__in=PersonSkill.objects.filter(skill_id__in=condition.any).values("person_id"))


class FieldSubject(Subject):
    """A custom profile field with a list of choices."""

    def __init__(self, field: ProfileField) -> None:
        self.field, self.key, self.label = field, f"{FIELD}{field.key}", str(field)

    def q(self, condition: Condition) -> Q:
        return Q(pk__in=having(self.field, condition.any).values("pk"))

    def words(self, condition: Condition) -> str:
        return _("%(subject)s is %(values)s") % {
            "subject": _inside(self.label),
            "values": either(map(str, condition.any)),
        }

    def choices(self) -> list[tuple[Any, str]]:
        return [(option, option) for option in self.field.options]


_OWN: tuple[Subject, ...] = (
    *(DepartmentSubject(), LevelSubject(), LocationSubject(), TenureSubject()),
    *(HiredSubject(), SkillSubject(), KindSubject()),
)


def subjects() -> dict[str, Subject]:
    """Return all subjects by key: the built-in ones, and the list fields of the company."""
    fields = ProfileField.objects.filter(kind=ProfileField.Kind.CHOICE, retired_at=None)
    return {subject.key: subject for subject in (*_OWN, *map(FieldSubject, fields))}


def with_below(keys: Iterable[int]) -> list[int]:
    """Return departments and all below them; the tree is small compared to the number of people."""
    children: dict[int, list[int]] = defaultdict(list)
    for key, parent in Department.objects.order_by().values_list("pk", "parent_id"):
        children[parent].append(key)
    found: set[int] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += children[key]
    return sorted(found)


def either(names: Iterable[str]) -> str:
    """Return the names joined by "or"; what the rule refers to may be gone."""
    names = list(names)
    if not names:
        return str(gettext_lazy("something that no longer exists"))
    return pgettext("between alternatives", " or ").join(names)


def _inside(label: Any) -> str:
    """Return a label as it is written inside a sentence."""
    return str(label)[:1].lower() + str(label)[1:]


def _few(names: Sequence[str]) -> str:
    shown = pgettext("between names", ", ").join(names[:3])
    return shown if len(names) <= 3 else _("%(names)s and more") % {"names": shown}


def _span(column: str, least: Any, most: Any) -> Q:
    asks = Q()
    if least is not None:
        asks &= Q(**{f"{column}__gte": least})
    if most is not None:
        asks &= Q(**{f"{column}__lte": most})
    return asks


def _span_words(label: Any, condition: Condition, name: Any) -> str:
    if condition.most is None:
        return _("%(subject)s is %(least)s or more") % {"subject": _inside(label), "least": name(condition.least)}
    if condition.least is None:
        return _("%(subject)s is %(most)s or less") % {"subject": _inside(label), "most": name(condition.most)}
    if condition.least == condition.most:
        return _("%(subject)s is %(values)s") % {"subject": _inside(label), "values": name(condition.least)}
    named = {"subject": _inside(label), "least": name(condition.least), "most": name(condition.most)}
    return _("%(subject)s is from %(least)s to %(most)s") % named


def _day(value: str | None) -> str:
    return date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT") if value else ""


def _years_ago(years: int) -> dt.date:
    today = timezone.localdate()
    year = max(1, today.year - years)
    # Same as Person.tenure_years: 29 February completes its year on 1 March.
    if (today.month, today.day) == (2, 29) and not isleap(year):
        return dt.date(year, 2, 28)
    return today.replace(year=year)
