"""The report: what needs a person, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import ImportRow, ImportRun
from .staging import problem_of

Line = tuple[int, str, str, str, str]


def problem_lines(run: ImportRun) -> Iterator[Line]:
    """Yield line, key, name, problem and proposal; a line with several problems appears several times."""
    rows = run.rows.filter(outcome=ImportRow.Outcome.WRONG).order_by("line")
    importer = run.importer
    for row in rows.iterator(chunk_size=1000):
        for data in row.problems:
            problem = problem_of(data)
            said = importer.sentence(problem), importer.proposal(problem)
            yield row.line, row.key, row.values.get("name", ""), *said


def import_report(run: ImportRun) -> Iterator[tuple[object, ...]]:
    """Yield the same with headers, as a file to download."""
    yield _("Line"), pgettext("person", "Number"), _("Name"), _("Problem"), _("Suggestion")
    yield from problem_lines(run)
