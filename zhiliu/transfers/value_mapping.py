"""Values that lines would create besides themselves, and names that are mapped to existing ones.

Mappings are stored with the run, separate from the lines as they were written; they apply when lines are checked and
when they are applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.importing import Made, Values
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .importing import OPEN, advance_by_job
from .models import ImportRow, ImportRun
from .rules import can_import
from .workflow import step

State, Outcome = ImportRun.State, ImportRow.Outcome
# Lines that will be applied, or that are applied without their manager.
_to_come = Q(waiting=True) | Q(outcome=Outcome.LATER)
# Fields for which nothing is created: unknown people are asked about.
ASKED = ("manager",)
# The maximum number shown per field; likely typos come first.
SHOWN = 100


@dataclass
class ValueMapping:
    """The values a field would create.

    Args:
        label: of the field. made: the values, at most :data:`SHOWN`. more: how many there are besides.
        meant: (written, existing) pairs that a person set. names: suggestions. typed: the values of the inputs.
        settled: (written, existing) pairs that follow from all lines together.
    """

    field: str
    label: Any
    made: list[Made]
    more: int
    meant: list[tuple[str, str]]
    names: list[str]
    typed: dict[str, str]
    settled: list[tuple[str, str]]

    @property
    def doubtful(self) -> list[tuple[Made, str]]:
        """Return the values that need a look, each with what is typed for it."""
        return [(made, self.typed.get(made.name, "")) for made in self.made if self._is_doubtful(made)]

    @property
    def plain(self) -> list[tuple[Made, str]]:
        """Return the values that are created without a question, in the same form."""
        return [(made, "") for made in self.made if not self._is_doubtful(made)]

    def _is_doubtful(self, result: Made) -> bool:
        return bool(result.near or result.choices or self.field in ASKED or result.name in self.typed)


def value_mappings(run: ImportRun, typed: dict[tuple[str, str], str]) -> list[ValueMapping]:
    """Return what pending lines would create, by field, and the mappings; fields with neither are left out.

    Args:
        typed: rejected input, by field and written name.
    """
    labels = {import_field.key: import_field.label for import_field in run.importer.fields()}
    found = []
    for field in run.importer.naming:
        made, meant = would_make(run, field), sorted(run.meant.get(field, {}).items())
        settled = sorted(run.settled.get(field, {}).items())[:SHOWN]
        if made or meant or settled:
            names = sorted({*run.importer.names(field), *(item.name for item in made)}) if made else []
            fields = {written: meant for (key, written), meant in typed.items() if key == field}
            more = max(0, len(made) - SHOWN)
            found.append(ValueMapping(field, labels[field], made[:SHOWN], more, meant, names, fields, settled))
    return found


def would_make(run: ImportRun, field: str) -> list[Made]:
    """Return the values of a field that pending lines would create, or drop because they are unknown."""
    if field in ASKED:
        return _asked(run, field)
    return run.importer.would_make(field, list(_named(run, field)))


def _asked(run: ImportRun, field: str) -> list[Made]:
    """Return the names a person has to map: nothing is created for them, and lines are applied without."""
    choices = run.asked.get(field, {})
    said = ((values.get(field, ""), lines, first) for values, lines, first in _named(run, field))
    asked = [(name, n, first) for name, n, first in said if name in choices]
    return [
        Made(field, name, n, first, choices=tuple((value, label) for value, label in choices[name]))
        for name, n, first in sorted(asked, key=lambda entry: entry[2])
    ]


def _named(run: ImportRun, field: str) -> Iterable[tuple[Values, int, int]]:
    """Return the values of a field in lines, counted by the database, with mappings applied."""
    keys = (field, *run.importer.naming[field])
    texts = {f"said_{key}": KeyTextTransform(key, "values") for key in keys}
    rows = run.rows.filter(_to_come, values__has_key=field).order_by()
    counted = rows.annotate(**texts).values_list(*texts).annotate(n=Count("pk"), first=Min("line"))
    meanings = run.meanings
    together: dict[tuple[str | None, ...], tuple[Values, int, int]] = {}
    for *said, lines, first in counted:
        values = {key: text for key, text in zip(keys, said, strict=True) if text is not None}
        values = run.importer.meaning(values, meanings)
        known = tuple(values.get(key) for key in keys)
        _values, so_far, earliest = together.get(known, (values, 0, first))
        together[known] = (values, so_far + lines, min(first, earliest))
    return together.values()


def settle_names(run: ImportRun, choices: Iterable[tuple[str, str, str]], *, by: Person, work: bool = True) -> None:
    """Map names of the file to existing ones. The lines that contain them are checked again.

    Idempotent.

    Args:
        choices: (field, written, existing); existing is '' if the written name is to be created after all.
        work: whether a job checks; otherwise the caller does, by :func:`.importing.advance`.

    Raises:
        Refused: the run is being worked on, or the existing name is not found.
    """
    require(can_import, by)
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        if current.state not in OPEN:
            raise Refused(_("This import is running. Pause it, or wait until it is done."))
        wanted = _wanted(current, choices)
        if not wanted:
            return
        meant = {field: dict(names) for field, names in current.meant.items()}
        for (field, written), name in wanted.items():
            meant.setdefault(field, {}).pop(written, None)
            if name:
                meant[field][written] = name
        # These lines are checked like lines that need a person: by the following check.
        settled = {(field, name) for field, _written in wanted for name in current.meant.get(field, {})}
        _not_in(current).filter(_has({*wanted, *settled})).update(outcome=Outcome.WRONG, waiting=False)
        step(current, State(current.state), State.CHECKING, meant=meant)
        advance_by_job(current, work)
    run.refresh_from_db()


def _wanted(run: ImportRun, choices: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Return what differs from the current mappings."""
    found: dict[tuple[str, str], str] = {}
    for field, written, name in choices:
        written, name = written.strip(), name.strip()
        if field not in run.importer.naming or not written or run.meant.get(field, {}).get(written, "") == name:
            continue
        found[field, written] = _there(run, field, written, name) if name else ""
    return found


def _there(run: ImportRun, field: str, written: str, name: str) -> str:
    """Return the target of a mapping: an existing name, or one that other lines contain.

    Raises:
        Refused: it is neither.
    """
    if field in ASKED:
        if name in {value for value, _label in run.asked.get(field, {}).get(written, ())}:
            return name
        if number := run.importer.person(name, run.rows.exclude(outcome=Outcome.SKIPPED)):
            return number
        raise Refused(
            _("No one here or in the file is “%(name)s”. Enter an employee number.") % {"name": name}, written
        )
    made = {item.name for item in would_make(run, field)} - {written}
    if name in made or name in set(run.importer.names(field)):
        return name
    raise Refused(_("“%(name)s” doesn’t exist here or in the file.") % {"name": name}, written)


def _not_in(run: ImportRun) -> QuerySet[ImportRow]:
    """Return the lines that can still be applied."""
    return run.rows.filter(Q(waiting=True) | Q(outcome=Outcome.SAME))


def _has(pairs: Iterable[tuple[str, str]]) -> Q:
    """Return a condition on lines with one of the names, or a path that begins with it.

    A name may exist only through an earlier mapping, so lines with mapped names count too.
    """
    found = Q()
    for field, written in pairs:
        found |= Q(**{f"values__{field}": written}) | Q(**{f"values__{field}__startswith": f"{written}/"})
    return found
