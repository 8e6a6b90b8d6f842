"""Verbs of an import: receive a file, match columns, correct lines, start, pause, discard."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from zhiliu.directory.models import Person
from zhiliu.files.storing import safe_name
from zhiliu.jobs.retrying import givers_up
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.importing import Values, importers
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .applying import apply
from .facts import ImportStarted
from .models import ImportRow, ImportRun
from .packed_files import check_packed
from .reading import format_of, kept_file
from .rules import can_import
from .staging import JUDGED, check, judge_rows, preview_rows, problem_of, stage
from .unreadable import SENTENCES, Unreadable
from .workbooks import apart, sheet_fault
from .workflow import forget_files_of, give_up, step, throw_away

State, Outcome = ImportRun.State, ImportRow.Outcome
# States in which no job works on the run, so that a person may change it.
OPEN = (State.READY, State.PAUSED, State.DONE)
LAST_LINES = 500


def receive_file(
    content: IO[bytes], *, name: str, by: Person, kind: str = "people", full: bool = False, work: bool = True
) -> ImportRun:
    """Store a file and start its preview.

    Args:
        content: the bytes, from the start. kind: key of an importer. full: whether it lists everyone.
        work: whether jobs do the steps; otherwise the caller does, by :func:`advance`.

    Raises:
        Refused: too large, or not a table.
    """
    require(can_import, by)
    assert importers.get(kind) is not None, kind
    size = content.seek(0, 2)
    if size > settings.UPLOAD_MAX_BYTES:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": settings.UPLOAD_MAX_BYTES >> 20}, "file")
    try:
        form = format_of(content)
    except Unreadable as error:
        raise Refused(SENTENCES[error.code], field="file") from None
    content.seek(0)
    path = default_storage.save(f"imports/{secrets.token_hex(16)}", File(content))
    with transaction.atomic():
        run = ImportRun.objects.create(kind=kind, name=safe_name(name), path=path, format=form, full=full, by=by)
        advance_by_job(run, work)
    return run


def choose_columns(run: ImportRun, columns: Sequence[str], *, full: bool, by: Person, work: bool = True) -> None:
    """Set the field of each column, and have all lines read. Can be repeated until the first line is applied.

    Idempotent.

    Args:
        columns: key of a field for each column, '' for none.

    Raises:
        Refused: one field twice, or a required one missing.
    """
    require(can_import, by)
    if run.sheets and not run.sheet:
        raise Refused(_("Choose a sheet first: %(sheets)s.") % {"sheets": "、".join(run.sheets)})
    fields = {field.key: field for field in run.importer.fields()}
    chosen = [key if key in fields else "" for key in columns][: len(run.headers)]
    for key in chosen:
        if key and chosen.count(key) > 1:
            raise Refused(_("Two columns are “%(field)s”. Choose one.") % {"field": fields[key].label})
    for field in fields.values():
        if field.required and field.key not in chosen:
            raise Refused(_("No column is set to “%(field)s” yet.") % {"field": field.label})
    with transaction.atomic():
        if step(run, State.COLUMNS, State.STAGING, columns=chosen, full=full) or _read_anew(run, chosen, full):
            advance_by_job(run, work)


def _read_anew(run: ImportRun, columns: list[str], full: bool) -> bool:
    """Have unapplied lines read again with other columns, discarding corrections; return whether they are."""
    if (run.columns, run.full) == (columns, full):
        return False
    nothing = {"staged": 0, "settled": {}, "asked": {}, "meant": {}, "recheck": False}
    anew = step(run, State.READY, State.STAGING, columns=columns, full=full, **nothing)
    if anew:
        run.rows.all().delete()
    return anew


def choose_sheet(run: ImportRun, sheet: str, *, by: Person, work: bool = True) -> None:
    """Choose the sheet of a workbook that holds the table. Idempotent.

    Raises:
        Refused: it is not one of the candidates.
    """
    require(can_import, by)
    if sheet not in run.sheets:
        raise Refused(_("There is no sheet “%(sheet)s”.") % {"sheet": sheet})
    with transaction.atomic():
        if step(run, State.COLUMNS, State.LOOKING, sheet=sheet):
            advance_by_job(run, work)


def name_sheet(run: ImportRun, sheet: str, *, by: Person) -> None:
    """Name the sheet of a workbook before the preview: no other sheet is read.

    Idempotent.

    Raises:
        Refused: it cannot be read.
    """
    require(can_import, by)
    if run.format == "csv":
        raise Refused(_("A CSV file has no sheets."))
    try:
        with kept_file(run.path) as path:
            apart(check_packed, path)
            fault = apart(sheet_fault, path, sheet)
    except Unreadable as error:
        raise Refused(SENTENCES[error.code], field="file") from None
    if fault == "none":
        raise Refused(_("There is no sheet “%(sheet)s”.") % {"sheet": sheet})
    if fault:
        raise Refused(_("The sheet “%(sheet)s” is hidden or empty.") % {"sheet": sheet})
    step(run, State.LOOKING, State.LOOKING, sheet=sheet)


def mend_line(run: ImportRun, line: int, values: Values, *, by: Person) -> ImportRow:
    """Correct values of a line; '' removes one. The line is checked at once, and with all others before it is applied.

    Raises:
        Refused: the run is being worked on, or the line is applied already.
    """
    require(can_import, by)
    with transaction.atomic():
        row = _held_row(run, line)
        row.values = {key: value for key, value in {**row.values, **values}.items() if value != ""}
        (row,) = judge_rows(run, [row])
        _refuse_repeat(row)
        row.save(update_fields=JUDGED)
    return row


def _held_row(run: ImportRun, line: int) -> ImportRow:
    row = _hold(run).rows.filter(line=line, outcome__in=[Outcome.WRONG, Outcome.SKIPPED]).first()
    if row is None:
        raise Refused(_("This line is already settled."))
    return row


def _hold(run: ImportRun) -> ImportRun:
    """Lock the run and keep jobs off while lines are corrected; they check all lines again before applying any."""
    current = ImportRun.objects.select_for_update().get(pk=run.pk)
    if current.state not in OPEN:
        raise Refused(_("This import is running. Pause it, or wait until it is done."))
    ImportRun.objects.filter(pk=run.pk).update(recheck=True)
    return current


def _refuse_repeat(row: ImportRow) -> None:
    others = row.run.rows.filter(key=row.key).exclude(pk=row.pk).exclude(outcome=Outcome.SKIPPED)
    if row.key and row.outcome != Outcome.WRONG and others.exclude(outcome=Outcome.WRONG).exists():
        field = row.run.importer.identity
        other = others.exclude(outcome=Outcome.WRONG).values_list("line", flat=True)[0]
        row.problems = [{"kind": "number_repeated", "field": field, "detail": str(other), "fix": None, "skip": True}]
        row.outcome, row.waiting = Outcome.WRONG, False


def skip_line(run: ImportRun, line: int, *, by: Person) -> ImportRow:
    """Skip a line. Idempotent."""
    require(can_import, by)
    with transaction.atomic():
        row = _held_row(run, line)
        row.outcome, row.waiting = Outcome.SKIPPED, False
        row.save(update_fields=["outcome", "waiting"])
        free_twins(run, row)
    return row


def free_twins(run: ImportRun, left_out: ImportRow) -> list[ImportRow]:
    """Recheck the lines that conflicted with one that is skipped now.

    Returns:
        The lines concerned, checked again.
    """
    twins = []
    for row in run.rows.filter(outcome=Outcome.WRONG, key__iexact=left_out.key).exclude(key="").order_by("line"):
        others = [problem for problem in row.problems if not _is_about(problem, left_out.line)]
        if len(others) < len(row.problems):
            twins.append(row)
            if others:
                row.problems = others
            else:
                judge_rows(run, [row])
                _refuse_repeat(row)
    ImportRow.objects.bulk_update(twins, JUDGED)
    return twins


def _is_about(problem: dict[str, Any], line: int) -> bool:
    return problem["kind"] in ("number_repeated", "same_line", "mail_repeated") and problem["detail"] == str(line)


def take_proposal(run: ImportRun, line: int, *, by: Person) -> ImportRow:
    """Accept the proposal for a line.

    Raises:
        Refused: there is no proposal for one of its problems.
    """
    require(can_import, by)
    row = run.rows.filter(line=line).first()
    fix = proposed(row) if row is not None else None
    if fix is None:
        raise Refused(_("No suggestion for this line. Enter the right value, or skip it."))
    return skip_line(run, line, by=by) if fix == SKIP else mend_line(run, line, fix, by=by)


SKIP: Values = {"": "skip"}


def proposed(row: ImportRow) -> Values | None:
    """Return the values proposed for a line, :data:`SKIP`, or None."""
    problems = [problem_of(data) for data in row.problems]
    if any(problem.skip for problem in problems):
        return SKIP
    if not problems or any(problem.fix is None for problem in problems):
        return None
    return {key: value for problem in problems for key, value in (problem.fix or {}).items()}


def take_proposals(run: ImportRun, *, by: Person) -> int:
    """Accept the proposals of all lines that can be applied afterwards, at most :data:`LAST_LINES`.

    Returns:
        How many lines need no person any more.
    """
    require(can_import, by)
    with transaction.atomic():
        _hold(run)
        rows = list(run.rows.filter(outcome=Outcome.WRONG).order_by("line")[:LAST_LINES])
        mended = []
        for row in rows:
            fix = proposed(row)
            if fix == SKIP:
                # Skipping a line that occurs twice loses nobody; where someone would be lost, a person decides.
                if all(problem.get("redundant") for problem in row.problems):
                    row.outcome, row.waiting = Outcome.SKIPPED, False
            elif fix is not None:
                row.values = {key: value for key, value in {**row.values, **fix}.items() if value != ""}
                mended.append(row)
        judge_rows(run, mended)
        for row in mended:
            _refuse_repeat(row)
        ImportRow.objects.bulk_update(rows, JUDGED, batch_size=100)
    return sum(row.outcome != Outcome.WRONG for row in rows)


def start(run: ImportRun, *, by: Person, work: bool = True) -> None:
    """Apply the lines without problems; the others stay in the import. Idempotent."""
    require(can_import, by)
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        total = current.rows.filter(waiting=True).count()
        if current.state not in (State.READY, State.DONE) or not (total or current.recheck):
            return
        after = State.RECHECKING if current.recheck else State.APPLYING
        if step(current, State(current.state), after, total=total, by=by, finished_at=None):
            announce(ImportStarted(run_id=run.pk, by_id=by.pk), change=Change(run.name, after={"lines": total}))
            advance_by_job(current, work)


def pause(run: ImportRun, *, by: Person) -> None:
    """Stop after the current batch. Idempotent."""
    require(can_import, by)
    step(run, State.APPLYING, State.PAUSED)


def resume(run: ImportRun, *, by: Person) -> None:
    """Continue after a pause. Idempotent."""
    require(can_import, by)
    with transaction.atomic():
        # Corrections made during the pause are checked with all other lines first.
        if step(run, State.PAUSED, State.RECHECKING if run.recheck else State.APPLYING, by=by):
            advance_by_job(run)


def say_goodbye(run: ImportRun, people: Sequence[int], *, by: Person) -> int:
    """Deactivate the selected people who are missing from a full list.

    Returns:
        How many were deactivated.

    Raises:
        Refused: the file is not a full list.
    """
    require(can_import, by)
    if not run.full or run.state not in OPEN:
        raise Refused(_("This file is not a full list."))
    gone = run.importer.gone(run.rows.values("key")).filter(pk__in=list(people)[:LAST_LINES])
    return run.importer.remove(list(gone.values_list("pk", flat=True)), by=by)


def discard(run: ImportRun, *, by: Person) -> None:
    """Discard an import with its file and lines. Applied lines stay. Idempotent."""
    require(can_import, by)
    throw_away(run)


def advance(run: ImportRun) -> None:
    """Do the step of the current state, until a person is needed; called by a job. Idempotent."""
    if run.state == State.LOOKING:
        preview_rows(run)
    if run.state == State.STAGING:
        stage(run)
    elif run.state == State.CHECKING:
        check(run, State.READY)
    elif run.state in (State.RECHECKING, State.APPLYING):
        apply(run)


def forget_files(now: dt.datetime | None = None) -> None:
    """Delete files and lines of runs whose last step was two weeks ago; the runs stay."""
    forget_files_of(ImportRun, now)


@task()
def advance_import(run_id: int) -> None:
    """Do the step of a run's state; resumes after an interruption."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is not None:
        advance(run)


def advance_by_job(run: ImportRun, work: bool = True) -> None:
    """Queue a job for the step of the current state."""
    if work:
        advance_import.enqueue(run.pk)


@givers_up.register(key=advance_import.module_path)
def give_up_import(run_id: int) -> None:
    """Mark the import as stopped, so that its page says so."""
    give_up(ImportRun, run_id)
