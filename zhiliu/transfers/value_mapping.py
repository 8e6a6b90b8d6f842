"""What lines would make beside themselves, and which of its names mean something that is there.

What is meant is kept with the run, beside the lines as they were written: it counts when they are checked and when they
come in.
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
# Lines that come in, or that are in without the manager they name.
_to_come = Q(waiting=True) | Q(outcome=Outcome.LATER)
# Fields of which nothing is made: who is not known is asked about.
ASKED = ("manager",)
# So many of each kind are shown; those that look like a typo come first.
SHOWN = 100


@dataclass
class ValueMapping:
    """What would be made of one kind.

    Args:
        label: of the field. made: what, at most :data:`SHOWN`. more: how many there are besides.
        meant: (written, there) that somebody settled. names: what may be meant. typed: what stands in the fields.
        settled: (written, there) that all lines together show.
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
        """What somebody should look at, with what is typed beside it."""
        return [(made, self.typed.get(made.name, "")) for made in self.made if self._is_doubtful(made)]

    @property
    def plain(self) -> list[tuple[Made, str]]:
        """What is made without a question, in the same form."""
        return [(made, "") for made in self.made if not self._is_doubtful(made)]

    def _is_doubtful(self, made: Made) -> bool:
        return bool(made.near or made.choices or self.field in ASKED or made.name in self.typed)


def value_mappings(run: ImportRun, typed: dict[tuple[str, str], str]) -> list[ValueMapping]:
    """What the lines that wait would make, by kind, and what was settled; kinds with neither are left out.

    Args:
        typed: what was typed and refused, by field and written name.
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
    """What the lines that wait would make because of what they say in a field, or leave out because nobody knows it."""
    if field in ASKED:
        return _asked(run, field)
    return run.importer.would_make(field, list(_named(run, field)))


def _asked(run: ImportRun, field: str) -> list[Made]:
    """Names somebody has to explain: nothing is made of them, and lines come in without."""
    choices = run.asked.get(field, {})
    said = ((values.get(field, ""), lines, first) for values, lines, first in _named(run, field))
    asked = [(name, n, first) for name, n, first in said if name in choices]
    return [
        Made(field, name, n, first, choices=tuple((value, label) for value, label in choices[name]))
        for name, n, first in sorted(asked, key=lambda entry: entry[2])
    ]


def _named(run: ImportRun, field: str) -> Iterable[tuple[Values, int, int]]:
    """What lines say in a field, counted by the database, with what is meant put in."""
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


def settle_names(run: ImportRun, chosen: Iterable[tuple[str, str, str]], *, by: Person, work: bool = True) -> None:
    """Say which names of the file mean something that is there. The lines that have them are checked anew.

    Idempotent.

    Args:
        chosen: (field, written, meant); meant is '' where the written name is to be made after all.
        work: whether a job checks; else the caller does, by :func:`.importing.advance`.

    Raises:
        Refused: the run is at work, or what is meant is not there.
    """
    require(can_import, by)
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        if current.state not in OPEN:
            raise Refused(_("This import is running. Pause it, or wait until it is done."))
        wanted = _wanted(current, chosen)
        if not wanted:
            return
        meant = {field: dict(names) for field, names in current.meant.items()}
        for (field, written), name in wanted.items():
            meant.setdefault(field, {}).pop(written, None)
            if name:
                meant[field][written] = name
        # Those lines are judged like lines that need somebody: by the check that follows.
        settled = {(field, name) for field, _written in wanted for name in current.meant.get(field, {})}
        _not_in(current).filter(_has({*wanted, *settled})).update(outcome=Outcome.WRONG, waiting=False)
        step(current, State(current.state), State.CHECKING, meant=meant)
        advance_by_job(current, work)
    run.refresh_from_db()


def _wanted(run: ImportRun, chosen: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """What differs from what is settled already."""
    found: dict[tuple[str, str], str] = {}
    for field, written, name in chosen:
        written, name = written.strip(), name.strip()
        if field not in run.importer.naming or not written or run.meant.get(field, {}).get(written, "") == name:
            continue
        found[field, written] = _there(run, field, written, name) if name else ""
    return found


def _there(run: ImportRun, field: str, written: str, name: str) -> str:
    """What is meant: something that is there, or that other lines of the file name.

    Raises:
        Refused: neither.
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
    """Lines that may still come in."""
    return run.rows.filter(Q(waiting=True) | Q(outcome=Outcome.SAME))


def _has(wanted: Iterable[tuple[str, str]]) -> Q:
    """Lines that say one of the names, or a path that begins with it.

    The name may be one that only what was settled before makes: so lines with settled names count too.
    """
    found = Q()
    for field, written in wanted:
        found |= Q(**{f"values__{field}": written}) | Q(**{f"values__{field}__startswith": f"{written}/"})
    return found
