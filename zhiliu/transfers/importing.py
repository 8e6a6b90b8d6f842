"""What an administrator does with an import: bring a file, match columns, mend lines, start, pause, throw away."""

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
# States in which nothing works on the run, so that a person may.
OPEN = (State.READY, State.PAUSED, State.DONE)
LAST_LINES = 500


def receive_file(
    content: IO[bytes], *, name: str, by: Person, kind: str = "people", full: bool = False, work: bool = True
) -> ImportRun:
    """Keep a file and begin to look at it.

    Args:
        content: the bytes, at their beginning. kind: key of an importer. full: whether it names everybody.
        work: whether jobs do the steps; else the caller does, by :func:`advance`.

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
    """Say what each column is, and let all lines be read; until the first comes in, it can be said anew.

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
    """Whether the lines, checked and none of them in, are to be read with other columns; what was mended is gone."""
    if (run.columns, run.full) == (columns, full):
        return False
    nothing = {"staged": 0, "settled": {}, "asked": {}, "meant": {}, "recheck": False}
    anew = step(run, State.READY, State.STAGING, columns=columns, full=full, **nothing)
    if anew:
        run.rows.all().delete()
    return anew


def choose_sheet(run: ImportRun, sheet: str, *, by: Person, work: bool = True) -> None:
    """Say which sheet of a workbook is the table. Idempotent.

    Raises:
        Refused: it is none of those that may be meant.
    """
    require(can_import, by)
    if sheet not in run.sheets:
        raise Refused(_("There is no sheet “%(sheet)s”.") % {"sheet": sheet})
    with transaction.atomic():
        if step(run, State.COLUMNS, State.LOOKING, sheet=sheet):
            advance_by_job(run, work)


def name_sheet(run: ImportRun, sheet: str, *, by: Person) -> None:
    """Say which sheet of a workbook is the table before the file is looked at: no other is read instead.

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
    """Give a line other values; '' takes one out. It is checked at once, and with all others before it comes in.

    Raises:
        Refused: the run is at work, or the line is in already.
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
    """Keep jobs off the run while lines are mended; they check all lines again before any comes in."""
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
    """Leave a line out. Idempotent."""
    require(can_import, by)
    with transaction.atomic():
        row = _held_row(run, line)
        row.outcome, row.waiting = Outcome.SKIPPED, False
        row.save(update_fields=["outcome", "waiting"])
        free_twins(run, row)
    return row


def free_twins(run: ImportRun, left_out: ImportRow) -> list[ImportRow]:
    """Nothing is said any more against lines because of one that is left out.

    Returns:
        The lines it concerns, judged anew.
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
    """Do what is proposed for a line.

    Raises:
        Refused: nothing is proposed for one of its problems.
    """
    require(can_import, by)
    row = run.rows.filter(line=line).first()
    fix = proposed(row) if row is not None else None
    if fix is None:
        raise Refused(_("No suggestion for this line. Enter the right value, or skip it."))
    return skip_line(run, line, by=by) if fix == SKIP else mend_line(run, line, fix, by=by)


SKIP: Values = {"": "skip"}


def proposed(row: ImportRow) -> Values | None:
    """The values proposed for a line, :data:`SKIP`, or None."""
    problems = [problem_of(data) for data in row.problems]
    if any(problem.skip for problem in problems):
        return SKIP
    if not problems or any(problem.fix is None for problem in problems):
        return None
    return {key: value for problem in problems for key, value in (problem.fix or {}).items()}


def take_proposals(run: ImportRun, *, by: Person) -> int:
    """Do what is proposed for all lines that come in after it, :data:`LAST_LINES` at the most.

    Returns:
        How many lines need nobody any more.
    """
    require(can_import, by)
    with transaction.atomic():
        _hold(run)
        rows = list(run.rows.filter(outcome=Outcome.WRONG).order_by("line")[:LAST_LINES])
        mended = []
        for row in rows:
            fix = proposed(row)
            if fix == SKIP:
                # Nobody is lost with a line that is there twice; who would be, is for a person to decide.
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
    """Bring in the lines nothing stands against; the others stay here. Idempotent."""
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
    """Stop after the batch at work. Idempotent."""
    require(can_import, by)
    step(run, State.APPLYING, State.PAUSED)


def resume(run: ImportRun, *, by: Person) -> None:
    """Go on after a pause. Idempotent."""
    require(can_import, by)
    with transaction.atomic():
        # What was mended during the pause is checked with all others first.
        if step(run, State.PAUSED, State.RECHECKING if run.recheck else State.APPLYING, by=by):
            advance_by_job(run)


def say_goodbye(run: ImportRun, people: Sequence[int], *, by: Person) -> int:
    """Those ticked who are missing from a full list have left.

    Returns:
        How many.

    Raises:
        Refused: the file is no full list.
    """
    require(can_import, by)
    if not run.full or run.state not in OPEN:
        raise Refused(_("This file is not a full list."))
    gone = run.importer.gone(run.rows.values("key")).filter(pk__in=list(people)[:LAST_LINES])
    return run.importer.remove(list(gone.values_list("pk", flat=True)), by=by)


def discard(run: ImportRun, *, by: Person) -> None:
    """Throw an import away: its file, its lines. What is in stays in. Idempotent."""
    require(can_import, by)
    throw_away(run)


def advance(run: ImportRun) -> None:
    """Do what the state asks for, until a person is wanted; called by a job. Idempotent."""
    if run.state == State.LOOKING:
        preview_rows(run)
    if run.state == State.STAGING:
        stage(run)
    elif run.state == State.CHECKING:
        check(run, State.READY)
    elif run.state in (State.RECHECKING, State.APPLYING):
        apply(run)


def forget_files(now: dt.datetime | None = None) -> None:
    """Delete files and lines of runs whose last step was two weeks ago; that they were stays."""
    forget_files_of(ImportRun, now)


@task()
def advance_import(run_id: int) -> None:
    """Do what the state of a run asks for; resumes where it was cut off."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is not None:
        advance(run)


def advance_by_job(run: ImportRun, work: bool = True) -> None:
    """Let a job do what the state asks for."""
    if work:
        advance_import.enqueue(run.pk)


@givers_up.register(key=advance_import.module_path)
def give_up_import(run_id: int) -> None:
    """Say on the page of the import that it stands still."""
    give_up(ImportRun, run_id)
