"""What was noticed about a file and stands in nobody's way."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import ImportRow, ImportRun
from .staging import TOLD, problem_of

NOTES: dict[str, Any] = {
    "hidden_rows": _("Rows hidden in the file are read as well: %(detail)s."),
}


def notes_of(run: ImportRun) -> list[str]:
    """Sentences: what was passed over, what is hidden, what differs."""
    notes = [str(NOTES[kind]) % {"detail": detail} for kind, detail in run.notes]
    return [*notes, *_passed_over(run), *run.importer.remarks(run.rows.exclude(outcome=ImportRow.Outcome.SKIPPED))]


def _passed_over(run: ImportRun) -> list[str]:
    rows = run.rows.filter(outcome=ImportRow.Outcome.SKIPPED, problems__0__passed=True).order_by("line")
    line = _("Line %(line)s is passed over: %(reason)s.")
    return [
        str(line) % {"line": row.line, "reason": run.importer.sentence(problem_of(row.problems[0]))}
        for row in rows[:TOLD]
    ]
