"""Notes about a file that do not block its import."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhiliu.kit.contracts.importing import Made

from .models import ImportRow, ImportRun
from .staging import TOLD, problem_of
from .value_mapping import ASKED, would_make

NOTES: dict[str, Any] = {
    "hidden_rows": _("Rows hidden in the file are read as well: %(detail)s."),
    "open_quotes": _("An unclosed quotation mark was ignored. Check lines %(detail)s."),
}


def notes_of(run: ImportRun) -> list[str]:
    """Return sentences about what was skipped, hidden, unknown or different."""
    notes = [str(NOTES[kind]) % {"detail": detail} for kind, detail in run.notes]
    return [
        *notes,
        *_passed_over(run),
        *_not_known(run),
        *run.importer.remarks(run.rows.exclude(outcome=ImportRow.Outcome.SKIPPED)),
    ]


def _passed_over(run: ImportRun) -> list[str]:
    rows = run.rows.filter(outcome=ImportRow.Outcome.SKIPPED, problems__0__passed=True).order_by("line")
    line = _("Line %(line)s is skipped: %(reason)s.")
    return [
        str(line) % {"line": row.line, "reason": run.importer.sentence(problem_of(row.problems[0]))}
        for row in rows[:TOLD]
    ]


def _not_known(run: ImportRun) -> list[str]:
    """Return the names a person has to map; until then lines are applied without them."""
    return [_who(made) for field in ASKED if run.asked.get(field) for made in would_make(run, field)[:TOLD]]


def _who(result: Made) -> str:
    if len(result.choices) > 1:
        words = ngettext(
            "Manager “%(name)s”: several people have this name. %(n)s person has no manager until you choose one.",
            "Manager “%(name)s”: several people have this name. %(n)s people have no manager until you choose one.",
            result.lines,
        )
    else:
        words = ngettext(
            "Manager “%(name)s”: no one has this name. %(n)s person has no manager until you choose one.",
            "Manager “%(name)s”: no one has this name. %(n)s people have no manager until you choose one.",
            result.lines,
        )
    return words % {"name": result.name, "n": result.lines}
