"""Importers of the directory: people."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhiliu.kit.contracts.importing import (
    Across,
    Applied,
    Importer,
    ImportField,
    Made,
    Meant,
    Problem,
    RowVerdict,
    Values,
    offers_importer,
)
from zhiliu.kit.text.chinese_text import readings

from .bulk_import.checking import Crowd, compare_row
from .bulk_import.lines import EXAMPLE, OTHERS, LineReader, roster_fields
from .bulk_import.naming import NAMING, level_remarks, meaning, names, would_make
from .bulk_import.people import dismiss_people, enrol_people
from .link_handover import without_password
from .models import Person


@offers_importer
class PeopleImporter(Importer):
    """A roster: people by number."""

    key: ClassVar[str] = "people"
    identity: ClassVar[str] = "employee_number"
    name: ClassVar[Any] = gettext_lazy("Colleagues")
    naming: ClassVar[dict[str, tuple[str, ...]]] = NAMING
    refers: ClassVar[str] = "manager"
    others: ClassVar[tuple[str, ...]] = OTHERS

    def __init__(self) -> None:
        self._reader: LineReader | None = None

    def fields(self) -> list[ImportField]:
        """Return the columns of a roster."""
        return roster_fields()

    def begin(self) -> None:
        """Reload the custom fields."""
        self._reader = LineReader()
        # Loading pypinyin takes half a second: do it now, not while others wait for a transaction.
        readings("王")

    def clean(self, cells: dict[str, Any]) -> tuple[Values, list[Problem]]:
        """Parse one row."""
        if self._reader is None:
            self.begin()
        assert self._reader is not None
        return self._reader.read(cells)

    def compare(self, rows: Sequence[Values]) -> list[RowVerdict]:
        """Compare with the directory."""
        return compare_row(rows)

    def across(self, rows: Iterable[tuple[int, Values]]) -> Across:
        """Compare the rows with each other."""
        return Crowd(rows).judge()

    def apply(self, rows: Sequence[Values], *, by: Person) -> Applied:
        """Store the rows as one batch."""
        result = enrol_people(rows, by=by)
        return Applied(result.new, result.changed, result.later, result.refused)

    def gone(self, keys: QuerySet[Any, Any]) -> QuerySet[Person]:
        """Return employees whose number is not among ``keys``; people without a number cannot be compared."""
        people = Person.objects.active().employees().exclude(employee_number=None)
        return people.exclude(employee_number__in=keys).select_related("department", "position")

    def remove(self, keys: Sequence[int], *, by: Person) -> int:
        """Deactivate them."""
        return dismiss_people(keys, by=by)

    def would_make(self, field: str, named: Iterable[tuple[Values, int, int]]) -> list[Made]:
        """Return new departments, positions and locations."""
        return would_make(field, named)

    def names(self, field: str) -> list[str]:
        """Return existing names; departments by path."""
        return names(field)

    def absent(self, keys: Iterable[str]) -> set[str]:
        """Return unused numbers."""
        numbers = set(keys)
        return numbers - set(
            Person.objects.active().filter(employee_number__among=numbers).values_list("employee_number", flat=True)
        )

    def remarks(self, rows: QuerySet[Any, Any]) -> list[str]:
        """Return remarks about positions with several levels: a position has one."""
        return level_remarks(rows)

    def example(self) -> Values:
        """Return a fictitious person."""
        return {
            "employee_number": EXAMPLE,
            "name": _("Example Person"),
            "department": _("Head office/Sales"),
            "position": _("Sales manager"),
            "level": "6",
            "location": _("Shenzhen"),
            "manager": _("Manager’s number or name"),
            "hired_on": "2024-03-01",
            "email": "example@example.com",
        }

    def person(self, text: str, rows: QuerySet[Any, Any]) -> str | None:
        """Look up by number first, then by name."""
        people = Person.objects.active().exclude(employee_number=None)
        for column in ("employee_number", "name"):
            here = people.filter(**{f"{column}__iexact": text}).values_list("employee_number", flat=True)
            there = rows.filter(**{f"values__{column}__iexact": text}).values_list("key", flat=True)
            if numbers := {*here[:2], *there[:2]} - {""}:
                return str(numbers.pop()) if len(numbers) == 1 else None
        return None

    def meaning(self, values: Values, replacements: Meant) -> Values:
        """Map names; a department with those below it."""
        return meaning(values, replacements) if replacements else values

    def newcomers(self, keys: QuerySet[Any, Any], since: dt.datetime) -> QuerySet[Person]:
        """Return new people without a password; they sign in by a link."""
        return without_password().filter(employee_number__in=keys, joined_at__gte=since)

    def sentence(self, problem: Problem) -> str:
        """Return the message."""
        return _SENTENCES[problem.kind](problem)

    def proposal(self, problem: Problem) -> str:
        """Return the proposed fix."""
        if problem.kind == "left":
            return _("Bring them back")
        if problem.kind == "more_cells":
            return _("Ignore the extra cells")
        if problem.kind == "few_cells":
            return _("Import the line as it is")
        if problem.skip:
            return _("Skip this line")
        if problem.fix is None:
            return ""
        value = problem.fix.get(problem.field, "")
        return _("Use “%(value)s”") % {"value": value} if value else _("Leave empty")


def label_of(key: str) -> str:
    """Return a field's name for sentences."""
    return next((str(field.label) for field in roster_fields() if field.key == key), key)


def _missing(problem: Problem) -> str:
    if problem.field == "name":
        return _("The name is missing")
    return _("The number is missing")


def _several_days(problem: Problem) -> str:
    """Split the detail: the written value may contain spaces, the days after it do not."""
    parts = problem.detail.split(" ")
    days = [part for part in parts if _ISO_DAY.fullmatch(part)]
    value = " ".join(parts[: len(parts) - len(days)])
    return _("“%(value)s” could be any of these days: %(days)s. Enter the right one") % {
        "value": value,
        "days": pgettext("list separator", ", ").join(days),
    }


_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SENTENCES: dict[str, Any] = {
    "missing": _missing,
    "garbled": lambda p: _("“%(text)s” contains unreadable characters") % {"text": p.detail},
    "too_long": lambda p: (
        _("%(field)s is longer than %(longest)s characters") % {"field": label_of(p.field), "longest": p.detail}
    ),
    "no_option": lambda p: (
        _("“%(value)s” is not an option of %(field)s") % {"value": p.detail, "field": label_of(p.field)}
    ),
    "not_emptied": lambda p: _("%(field)s can’t be empty") % {"field": label_of(p.field)},
    "no_date": lambda p: _("“%(value)s” is not a date") % {"value": p.detail},
    "unclear_date": lambda p: _("“%(value)s” is not a clear date") % {"value": p.detail},
    "dates": _several_days,
    "no_mail": lambda p: _("“%(value)s” is not an email address") % {"value": p.detail},
    "no_level": lambda p: _("“%(value)s” is not a level. Use a number from 1 to 99") % {"value": p.detail},
    "no_code": lambda p: _("No department has the code “%(code)s”") % {"code": p.detail},
    "mail_taken": lambda p: _("This email address belongs to %(name)s") % {"name": p.detail},
    "mail_repeated": lambda p: _("Line %(line)s has the same email address") % {"line": p.detail},
    "number_repeated": lambda p: _("Line %(line)s has the same number but differs") % {"line": p.detail},
    "same_line": lambda p: _("The same as line %(line)s") % {"line": p.detail},
    "own_manager": lambda p: _("Is their own manager"),
    "no_manager": lambda p: _("No one has the manager’s number “%(number)s”") % {"number": p.detail},
    "circle": lambda p: _("The managers form a loop: %(chain)s") % {"chain": p.detail},
    "left": lambda p: _("%(name)s has left") % {"name": p.detail},
    "guest": lambda p: _("%(name)s is a guest") % {"name": p.detail},
    "meanwhile": lambda p: _("A recent change conflicts with this line; it will be checked again"),
    "cell_error": lambda p: (
        _("%(field)s: “%(value)s” is a spreadsheet error, not a value")
        % {"field": label_of(p.field), "value": p.detail}
    ),
    "exponent": lambda p: (
        _("“%(value)s” lost digits: the spreadsheet treated it as a large number") % {"value": p.detail}
    ),
    "no_name": lambda p: _("“%(value)s” is not a name") % {"value": p.detail},
    "zeros_lost": lambda p: (
        _("%(number)s has the same name. Did the spreadsheet drop the zeros?") % {"number": p.detail}
    ),
    "zeros_here": lambda p: _("%(number)s has the same name. Were its zeros lost on import?") % {"number": p.detail},
    "totals": lambda p: _("“%(text)s” is a total, not a person") % {"text": p.detail},
    "example": lambda p: _("“%(name)s” is the template’s example") % {"name": p.detail},
    "few_cells": lambda p: pgettext("import", "Fewer cells than columns: the line may be split in two"),
    "more_cells": lambda p: pgettext("import", "More cells than columns: a comma may be missing quotes"),
}
