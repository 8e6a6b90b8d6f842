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
from zhiliu.kit.errors import Refused
from zhiliu.kit.importing import Made, Values
from zhiliu.kit.rules import require

from .importing import OPEN, advance_by_job
from .models import ImportRow, ImportRun
from .rules import can_import
from .steps import step

State, Outcome = ImportRun.State, ImportRow.Outcome
# So many of each kind are shown; those that look like a typo come first.
SHOWN = 100


@dataclass
class Naming:
    """What would be made of one kind.

    Args:
        label: of the field. made: what, at most :data:`SHOWN`. more: how many there are besides.
        meant: (written, there) that were settled. names: what may be meant.
    """

    field: str
    label: Any
    made: list[Made]
    more: int
    meant: list[tuple[str, str]]
    names: list[str]


def namings(run: ImportRun) -> list[Naming]:
    """What the lines that wait would make, by kind, and what was settled; kinds with neither are left out."""
    labels = {one.key: one.label for one in run.importer.fields()}
    found = []
    for field in run.importer.naming:
        made, meant = would_make(run, field), sorted(run.meant.get(field, {}).items())
        if made or meant:
            names = run.importer.names(field) if made else []
            found.append(Naming(field, labels[field], made[:SHOWN], max(0, len(made) - SHOWN), meant, names))
    return found


def would_make(run: ImportRun, field: str) -> list[Made]:
    """What the lines that wait would make because of what they say in a field."""
    return run.importer.would_make(field, list(_named(run, field)))


def _named(run: ImportRun, field: str) -> Iterable[tuple[Values, int, int]]:
    """What lines say in a field, counted by the database, with what is meant put in."""
    keys = (field, *run.importer.naming[field])
    texts = {f"said_{key}": KeyTextTransform(key, "values") for key in keys}
    rows = run.rows.filter(waiting=True, values__has_key=field).order_by()
    counted = rows.annotate(**texts).values_list(*texts).annotate(n=Count("pk"), first=Min("line"))
    together: dict[tuple[str | None, ...], tuple[Values, int, int]] = {}
    for *said, lines, first in counted:
        values = {key: text for key, text in zip(keys, said, strict=True) if text is not None}
        values = run.importer.meaning(values, run.meant)
        known = tuple(values.get(key) for key in keys)
        _values, so_far, earliest = together.get(known, (values, 0, first))
        together[known] = (values, so_far + lines, min(first, earliest))
    return together.values()


def settle_names(run: ImportRun, chosen: Iterable[tuple[str, str, str]], *, by: Person, work: bool = True) -> None:
    """Say which names of the file mean something that is there. The lines that have them are checked anew.

    Doing it twice is harmless.

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
            raise Refused(_("This import is at work. Pause it, or wait until it is done."))
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
    there: dict[str, set[str]] = {}
    for field, written, name in chosen:
        written, name = written.strip(), name.strip()
        if field not in run.importer.naming or not written or run.meant.get(field, {}).get(written, "") == name:
            continue
        if name and name not in there.setdefault(field, set(run.importer.names(field))):
            raise Refused(_("There is no “%(name)s”. Choose one that is there.") % {"name": name})
        found[field, written] = name
    return found


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
