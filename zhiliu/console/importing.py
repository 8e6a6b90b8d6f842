"""``zhiliu import``: the same steps as on the page, one after the other in this process."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.utils import translation

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import DocumentPlace, receiver
from zhiliu.kit.contracts.importing import Made
from zhiliu.kit.errors import Refused
from zhiliu.transfers.documents import document_import
from zhiliu.transfers.documents.bundle import pack_folder
from zhiliu.transfers.documents.messages import FILE, NOTE, RUN
from zhiliu.transfers.documents.models import DocumentFile, DocumentRun
from zhiliu.transfers.importing import advance, choose_columns, discard, name_sheet, receive_file, start
from zhiliu.transfers.models import ImportRow, ImportRun
from zhiliu.transfers.notes import notes_of
from zhiliu.transfers.report import problem_lines
from zhiliu.transfers.unreadable import SENTENCES
from zhiliu.transfers.value_mapping import ASKED, would_make

# New names to print per type, unless more of them look like typos: those are all printed.
MADE_TOLD = 20


def import_people(path: str, *, full: bool, apply: bool, sheet: str = "") -> int:
    """Check a CSV or XLSX file of people and print its effect; with ``apply`` import it.

    Rows that need a decision are printed and left out; they wait on the import's page. Without ``apply`` nothing is
    stored. The oldest administrator is the actor.

    Args:
        full: the file is the full list: people missing from it are printed. sheet: the sheet of a workbook to read.

    Returns:
        The exit code: 1 if a row needs a decision, 2 if the file cannot be read.
    """

    def act(by: Person) -> int:
        with Path(path).open("rb") as content:
            run = receive_file(content, name=Path(path).name, by=by, full=full, work=False)
        try:
            _check(run, sheet, by)
        except Refused:
            discard(run, by=by)
            raise
        return _go(run, by, apply)

    return _as_administrator(act)


def _as_administrator(act: Callable[[Person], int]) -> int:
    """Act as the oldest administrator; print refusals.

    Returns:
        The exit code of the act, or 2 if it was refused.
    """
    by = Person.objects.active().filter(is_admin=True).order_by("pk").first()
    if by is None:
        print("There is no administrator yet; zhiliu init makes one.", file=sys.stderr)
        return 2
    with translation.override("en"):
        try:
            return act(by)
        except Refused as refused:
            print(refused, file=sys.stderr)
        except OSError as error:
            print(error.strerror, file=sys.stderr)
        return 2


def _check(run: ImportRun, sheet: str, by: Person) -> None:
    """Read the file and check its rows; what people choose on the page is detected or given."""
    if sheet:
        # Before reading the file: if nothing is ambiguous, its rows are read at once.
        name_sheet(run, sheet, by=by)
    advance(run)
    if run.state == ImportRun.State.COLUMNS and run.sheets and not run.sheet:
        raise Refused(f"The file has several sheets; name one with --sheet: {', '.join(run.sheets)}")
    if run.state == ImportRun.State.COLUMNS:
        choose_columns(run, run.columns, full=run.full, by=by, work=False)
        advance(run)


def _go(run: ImportRun, by: Person, apply: bool) -> int:
    if run.state == ImportRun.State.UNREADABLE:
        print(SENTENCES[run.error], file=sys.stderr)
        discard(run, by=by)
        return 2
    _report(run)
    if apply:
        start(run, by=by, work=False)
        run.refresh_from_db()
        if run.works:
            advance(run)
        print("imported")
    has_wrong = run.rows.filter(outcome=ImportRow.Outcome.WRONG).exists()
    if not apply:
        discard(run, by=by)
    return 1 if has_wrong else 0


def _report(run: ImportRun) -> None:
    headers = zip(run.headers, run.columns, strict=True)
    if unused := [header for header, key in headers if header and not key]:
        print(f"columns left out: {', '.join(unused)}")
    counts = run.counts()
    names = {"new": "new", "changed": "changed", "same": "unchanged", "wrong": "needing you"}
    print(", ".join(f"{counts[key]:,} {name}" for key, name in names.items()))
    for line, key, name, problem, proposal in problem_lines(run):
        print(f"line {line}: {key} {name}: {problem}{f' ({proposal})' if proposal else ''}")
    for field in run.importer.naming:
        if field not in ASKED:
            _report_made(field, would_make(run, field))
    for note in notes_of(run):
        print(note)
    if run.full:
        missing = run.importer.gone(run.rows.values("key"))
        print(f"{missing.count():,} people are not in the file; tick those who left on the page of an import")


def _report_made(field: str, results: Sequence[Made]) -> None:
    """Print new names, likely typos first; the rest of a long list is only counted."""
    doubtful = [item for item in results if item.near]
    listed = [*doubtful, *(item for item in results if not item.near)][: max(MADE_TOLD, len(doubtful))]
    for item in listed:
        near = f"; perhaps {item.near} is meant" if item.near else ""
        people = "1 person" if item.lines == 1 else f"{item.lines:,} people"
        print(f"would make {field} {item.name}: {people}, first in line {item.first}{near}")
    if untold := len(results) - len(listed):
        print(f"would make {field}: {untold:,} more")


def import_documents(path: str, *, library: str, folder: str, drafts: bool, apply: bool) -> int:
    """Check documents and print their effect; with ``apply`` import them. Without it nothing is stored.

    Args:
        path: a folder, an archive, or a single document. library: the slug of the target.

    Returns:
        The exit code: 1 if a file was refused or skipped, 2 if nothing can be read.
    """

    def act(by: Person) -> int:
        place = next((item for item in receiver.provider.places(by) if item.slug == library), None)
        if place is None:
            slugs = ", ".join(item.slug for item in receiver.provider.places(by))
            print(f"There is no library {library}. There are: {slugs}", file=sys.stderr)
            return 2
        options = {"folder": folder, "publishes": not drafts}
        return _go_through(_bring(Path(path), place, by, **options), by, apply)

    return _as_administrator(act)


def _bring(path: Path, place: DocumentPlace, by: Person, **wanted: Any) -> DocumentRun:
    name = path.resolve().name
    if path.is_dir():
        with tempfile.TemporaryFile() as packed:
            pack_folder(path.resolve(), packed)
            return document_import.bring(packed, name=name, place=place, by=by, work=False, limited=False, **wanted)
    with path.open("rb") as content:
        return document_import.bring(content, name=name, place=place, by=by, work=False, limited=False, **wanted)


def _go_through(run: DocumentRun, by: Person, apply: bool) -> int:
    document_import.advance(run)
    if run.state == DocumentRun.State.UNREADABLE:
        print(RUN[run.error], file=sys.stderr)
        document_import.discard(run, by=by)
        return 2
    if apply:
        document_import.start(run, by=by, work=False)
        run.refresh_from_db()
        document_import.advance(run)
    _tell(run, apply)
    outcomes = DocumentFile.Outcome
    has_left = run.rows.filter(outcome__in=[outcomes.REFUSED, outcomes.LEFT]).exists()
    if not apply:
        document_import.discard(run, by=by)
    return 1 if has_left else 0


def _tell(run: DocumentRun, applied: bool) -> None:
    for row in run.rows.order_by("number").iterator(chunk_size=500):
        if row.outcome == DocumentFile.Outcome.GONE:
            print(f"{row.source}: no longer in the source; the article is still here")
        elif row.reason:
            print(f"{row.source}: refused: {FILE[row.reason]}")
        elif row.outcome == DocumentFile.Outcome.LEFT:
            print(f"{row.source}: edited here since it came in; left as it is")
        for kind, end in row.notes:
            print(f"{row.source}: {NOTE[kind]}: {end}")
    counts = run.counts()
    names = {"new": "new", "changed": "changed", "same": "unchanged", "left": "left", "refused": "refused"}
    summary = ", ".join(f"{counts[key]:,} {name}" for key, name in names.items())
    if counts["gone"]:
        summary += f", {counts['gone']:,} no longer in the source"
    print(f"{'imported: ' if applied else ''}{summary}")
