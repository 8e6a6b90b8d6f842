"""A rule as stored JSON, as a database query, and as a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused

from .subjects import FIELD, Condition, Subject, subjects

SCHEMA = 1
MOST = 10
MOST_VALUES = 500


@dataclass(frozen=True)
class AdmissionCriteria:
    """Whom a community is for: people who meet all conditions, except those who meet the excluding one.

    Args:
        all: the conditions. unless: the excluding condition, at most one.
    """

    all: tuple[Condition, ...]
    unless: Condition | None = None

    def stored(self) -> dict[str, Any]:
        """Return it as JSON, with the schema version."""
        found: dict[str, Any] = {"schema": SCHEMA, "all": [_stored(condition) for condition in self.all]}
        return {**found, "except": _stored(self.unless)} if self.unless else found

    def is_sound(self) -> bool:
        """Whether everything it refers to still exists; an unsound rule moves nobody."""
        asked = {condition.about for condition in (*self.all, *([self.unless] if self.unless else []))}
        return asked <= subjects().keys()

    def people(self, *, only: Collection[int] | None = None) -> QuerySet[Person]:
        """Return everyone who fits, as one query.

        Args:
            only: ids to restrict it to; None for everyone.
        """
        known = subjects()
        looked_at = Q() if only is None else Q(pk__in=only)
        asks = looked_at & Q(is_active=True)
        if "kind" not in {condition.about for condition in self.all}:
            asks &= Q(kind=Person.Kind.EMPLOYEE)
        for condition in self.all:
            asks &= _q(known, condition)
        people = Person.objects.filter(asks)
        if self.unless is None:
            return people
        # By key instead of "not": people without a value are not excluded by a condition on it.
        excepted = Person.objects.filter(looked_at, _q(known, self.unless))
        return people.exclude(pk__in=excepted.values("pk"))

    def sentence(self) -> str:
        """Return the rule in words, in the reader's language."""
        known = subjects()
        parts = [_words(known, condition) for condition in self.all]
        text = pgettext("between conditions that all count", ", and ").join(parts)
        if self.unless is None:
            return _("Everyone whose %(conditions)s") % {"conditions": text}
        names = {"conditions": text, "exception": _words(known, self.unless)}
        return _("Everyone whose %(conditions)s, except those whose %(exception)s") % names


def read_criteria(stored: Any) -> AdmissionCriteria:
    """Return a rule from JSON, stored or submitted.

    Raises:
        Refused: it is invalid, or refers to something that does not exist.
    """
    if not isinstance(stored, Mapping) or stored.get("schema") != SCHEMA:
        raise _unreadable()
    rows, unless = stored.get("all"), stored.get("except")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST:
        raise Refused(_("A rule has between one and ten conditions."))
    known = subjects()
    return AdmissionCriteria(tuple(_read(row, known) for row in rows), _read(unless, known) if unless else None)


def _unreadable() -> Refused:
    return Refused(_("This rule can’t be read. Write it again."))


def _read(row: Any, subjects: Mapping[str, Subject]) -> Condition:
    about = row.get("about") if isinstance(row, Mapping) else None
    if not isinstance(about, str) or not (about in subjects or about.startswith(FIELD)):
        raise _unreadable()
    condition = Condition(
        about, _values(row.get("any"), about), _end(row.get("least"), about), _end(row.get("most"), about)
    )
    subject = subjects.get(about)
    if not condition.is_complete or (subject is not None and bool(subject.span) == bool(condition.any)):
        raise _unreadable()
    return condition


def _values(values: Any, about: str) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple | None) or len(values or ()) > MOST_VALUES:
        raise _unreadable()
    wanted: type = str if about == "kind" or about.startswith(FIELD) else int
    if not all(type(value) is wanted and _fits(value) for value in values or ()):
        raise _unreadable()
    return tuple(values or ())


def _fits(value: Any) -> bool:
    return 0 < value < 2**63 if isinstance(value, int) else 0 < len(value) <= 120


def _end(value: Any, about: str) -> Any:
    if value is None:
        return None
    if about == "hired":
        try:
            return dt.date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            raise _unreadable() from None
    if type(value) is not int or not 0 <= value <= 99:
        raise _unreadable()
    return value


def _stored(condition: Condition) -> dict[str, Any]:
    if condition.any:
        return {"about": condition.about, "any": list(condition.any)}
    ends = {"least": condition.least, "most": condition.most}
    return {"about": condition.about, **{name: value for name, value in ends.items() if value is not None}}


def _q(subjects: Mapping[str, Subject], condition: Condition) -> Q:
    # A field retired since then matches nobody, which is safer than matching everyone.
    subject = subjects.get(condition.about)
    return subject.q(condition) if subject else Q(pk__in=[])


def _words(subjects: Mapping[str, Subject], condition: Condition) -> str:
    subject = subjects.get(condition.about)
    return subject.words(condition) if subject else _("a field that is no longer used")
