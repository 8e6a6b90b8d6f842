"""``zhiliu import``: the same steps as on the page, one after the other in this process."""

from __future__ import annotations

import sys
from pathlib import Path

from django.utils import translation

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.transfers.importing import advance, choose_columns, discard, receive_file, start_applying
from zhiliu.transfers.models import ImportRow, ImportRun
from zhiliu.transfers.reading import SENTENCES
from zhiliu.transfers.report import problem_lines


def import_people(path: str, *, full: bool, apply: bool) -> int:
    """Check a CSV or XLSX file of people and print what it would do; with ``apply`` do it.

    Lines that need a person are told and left out; they wait on the page of the import. Without ``apply`` nothing
    stays. The oldest administrator counts as the one who did it.

    Args:
        full: the file is the full list: who is missing from it is told.

    Returns:
        The exit code: 1 when a line needs a person, 2 when the file cannot be read.
    """
    by = Person.objects.active().filter(is_admin=True).order_by("pk").first()
    if by is None:
        print("There is no administrator yet; zhiliu init makes one.", file=sys.stderr)
        return 2
    with translation.override("en"):
        try:
            with Path(path).open("rb") as content:
                run = receive_file(content, name=Path(path).name, by=by, full=full, work=False)
            return _go(run, by, apply)
        except Refused as refused:
            print(refused, file=sys.stderr)
        except OSError as error:
            print(error.strerror, file=sys.stderr)
        return 2


def _go(run: ImportRun, by: Person, apply: bool) -> int:
    advance(run)
    if run.state == ImportRun.State.COLUMNS:
        choose_columns(run, run.columns, full=run.full, by=by, work=False)
        advance(run)
    if run.state == ImportRun.State.UNREADABLE:
        print(SENTENCES[run.error], file=sys.stderr)
        discard(run, by=by)
        return 2
    _report(run)
    if apply:
        start_applying(run, by=by, work=False)
        run.refresh_from_db()
        if run.works:
            advance(run)
        print("imported")
    left = run.rows.filter(outcome=ImportRow.Outcome.WRONG).exists()
    if not apply:
        discard(run, by=by)
    return 1 if left else 0


def _report(run: ImportRun) -> None:
    headers = zip(run.headers, run.columns, strict=True)
    if unused := [header for header, key in headers if header and not key]:
        print(f"columns left out: {', '.join(unused)}")
    counts = run.counts()
    names = {"new": "new", "changed": "changed", "same": "unchanged", "wrong": "needing you"}
    print(", ".join(f"{counts[key]:,} {name}" for key, name in names.items()))
    for line, key, name, problem, proposal in problem_lines(run):
        print(f"line {line}: {key} {name}: {problem}{f' ({proposal})' if proposal else ''}")
    if run.full:
        gone = run.importer.gone(run.rows.values("key"))
        print(f"{gone.count():,} people are not in the file; tick those who left on the page of an import")
