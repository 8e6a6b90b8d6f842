"""Preview: read the file, and store and check every line before anything is applied.

Each step is a job of short transactions that resumes after an interruption. Its progress is stored in the rows and the
run, in the same transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from zhiliu.kit.contracts.importing import Across, Importer, ImportField, Problem, RowVerdict, Values
from zhiliu.kit.system.db import WritePause, insert_rows

from .headers import guess, plain_header
from .models import ImportRow, ImportRun
from .reading import (
    MAX_LINES,
    Shape,
    header_of,
    kept_file,
    likely_sheets,
    open_quotes,
    records,
    shape_of,
)
from .unreadable import Unreadable
from .workbooks import apart, hidden_rows
from .workflow import step

T = TypeVar("T")
State, Outcome = ImportRun.State, ImportRow.Outcome
CHUNK = 500
MORE, FEW = "more_cells", "few_cells"
# The maximum number of row numbers to show, and of lines read to find the usual number of cells.
TOLD, LOOKED_AT = 20, 1000


def preview_rows(run: ImportRun) -> None:
    """Find out the format of the file and the field of each column. Idempotent.

    If nothing is ambiguous, nobody is asked about the columns, and the lines are read next.
    """
    try:
        with kept_file(run.path) as path:
            found = _look_at(run, path)
    except Unreadable as error:
        step(run, State.LOOKING, State.UNREADABLE, error=error.code, finished_at=timezone.now())
        return
    step(run, State.LOOKING, State.STAGING if _is_clear(run, found) else State.COLUMNS, **found)


def _is_clear(run: ImportRun, cell: dict[str, Any]) -> bool:
    """Return whether every column has the name of a field, each field once, and nothing about the file needs a look."""
    if not cell.get("headers") or cell.get("sheets") or cell.get("notes"):
        return False
    fields = run.importer.fields()
    known, columns = known_headers(run.importer), cell["columns"]
    whole = all(
        key and known.get(plain_header(header)) == key for header, key in zip(cell["headers"], columns, strict=True)
    )
    return whole and all(field.key in columns for field in fields if field.required)


def known_headers(importer: Importer) -> dict[str, str]:
    """Return keys of fields by column name, the usual names first."""
    return {name: field.key for field in importer.fields() for name in _names(field)}


def _look_at(run: ImportRun, path: Path) -> dict[str, Any]:
    fields = run.importer.fields()
    known = known_headers(run.importer)
    shape = shape_of(path, known)
    found: dict[str, Any] = {"format": shape.format, "encoding": shape.encoding, "delimiter": shape.delimiter}
    found["lines"] = shape.lines
    if shape.format == "xlsx":
        required = {field.key for field in fields if field.required}
        sheets = apart(likely_sheets, path, known, required, run.importer.others)
        sheet = run.sheet or (sheets[0] if len(sheets) == 1 else "")
        found |= {"sheet": sheet, "sheets": sheets if len(sheets) > 1 else []}
        if not sheet:
            return found
        shape = replace(shape, sheet=sheet)
        found["notes"] = _hidden_note(path, sheet)
    line, headers, samples = header_of(records(path, shape), list(known))
    if shape.format == "csv":
        found["notes"] = _told("open_quotes", open_quotes(path, shape))
    found["usual_cells"] = _usual_cells(records(path, shape), line, len(headers)) if shape.format == "csv" else 0
    columns = guess(headers, known, run.importer.others)
    return found | {"header_line": line, "headers": headers, "samples": samples, "columns": columns}


def _hidden_note(path: Path, sheet: str) -> list[list[str]]:
    return _told("hidden_rows", apart(hidden_rows, path, sheet))


def _told(kind: str, lines: list[int]) -> list[list[str]]:
    return [[kind, "、".join(map(str, lines[:TOLD])) + ("…" if len(lines) > TOLD else "")]] if lines else []


def _usual_cells(rows: Iterator[tuple[int, list[Any]]], header: int, width: int) -> int:
    """Return the usual number of cells of a line, 0 if unknown: some programs drop empty cells at the end."""
    lines = [len(cells) for line, cells in islice(rows, LOOKED_AT) if line > header]
    short = sum(cells < width for cells in lines)
    return width if short * 4 <= len(lines) else 0


def _names(import_field: ImportField) -> list[str]:
    return list(
        dict.fromkeys(
            plain_header(name) for name in (import_field.label, import_field.key, *import_field.names) if name
        )
    )


def stage(run: ImportRun) -> None:
    """Read all lines into rows, continuing after the last one read; then check them."""
    run.importer.begin()
    shape = Shape(run.format, run.encoding, run.delimiter, sheet=run.sheet)
    try:
        with kept_file(run.path) as path:
            below = (row for row in records(path, shape) if row[0] > run.header_line)
            left = islice(below, run.staged, None)
            breath = WritePause()
            while chunk := list(islice(left, CHUNK)):
                _keep(run, chunk)
                breath.take()
    except Unreadable as error:
        step(run, State.STAGING, State.UNREADABLE, error=error.code, finished_at=timezone.now())
        return
    if step(run, State.STAGING, State.CHECKING, lines=run.staged):
        check(run, State.READY)


def _keep(run: ImportRun, chunk: list[tuple[int, list[Any]]]) -> None:
    """Store the rows of a chunk and the progress together."""
    lines = [line for line, _cells in chunk]
    read = [_read(run, cells) for _line, cells in chunk]
    judged = zip(lines, read, _compared(run, read), strict=True)
    rows = [(run.pk, line, *_judgement(run, *pair, verdict), 0) for line, pair, verdict in judged]
    start = run.staged
    if start + len(chunk) > MAX_LINES:
        raise Unreadable("too_many")
    with transaction.atomic():
        # A concurrent reader of the same file finds the counter moved and discards its rows.
        if ImportRun.objects.filter(pk=run.pk, staged=start, state=State.STAGING).update(staged=start + len(chunk)):
            insert_rows(ImportRow, ["run_id", "line", *JUDGED, "depth"], rows)
    run.staged = start + len(chunk)


def _read(run: ImportRun, cells: list[Any]) -> tuple[Values, list[Problem]]:
    named = {key: cell for key, cell in zip(run.columns, cells, strict=False) if key}
    further = [str(cell) for cell in cells[len(run.headers) :] if cell not in ("", None)]
    if further:
        named[MORE] = " ".join(further)[:80]
    if len(cells) < run.usual_cells:
        named[FEW] = str(len(cells))
    return run.importer.clean(named)


def _compared(run: ImportRun, read: list[tuple[Values, list[Problem]]]) -> list[RowVerdict]:
    sound, meanings = (_sound(values, problems) for values, problems in read), run.meanings
    return run.importer.compare([run.importer.meaning(values, meanings) for values in sound])


def _sound(values: Values, problems: list[Problem]) -> Values:
    """Return the values without problems: the others may not be comparable."""
    wrong = {problem.field for problem in problems}
    return {key: value for key, value in values.items() if key not in wrong}


# The columns that a check writes.
JUDGED = ["key", "values", "problems", "outcome", "waiting"]


def _judgement(run: ImportRun, values: Values, problems: list[Problem], verdict: RowVerdict) -> tuple[Any, ...]:
    """Return a value for each of :data:`JUDGED`."""
    told = {problem.field for problem in problems}
    found = [*problems, *(problem for problem in verdict.problems if problem.field not in told)]
    outcome = Outcome.WRONG.value if found else verdict.outcome
    if any(problem.passed for problem in problems):
        outcome = Outcome.SKIPPED.value
    waiting = outcome in (Outcome.NEW, Outcome.CHANGED)
    return values.get(run.importer.identity, "")[:80], values, [problem.data() for problem in found], outcome, waiting


def judge_rows(run: ImportRun, rows: list[ImportRow]) -> list[ImportRow]:
    """Check rows by themselves and against existing data, without saving them."""
    run.importer.begin()
    read = [run.importer.clean(dict(row.values)) for row in rows]
    for row, pair, verdict in zip(rows, read, _compared(run, read), strict=True):
        for column, value in zip(JUDGED, _judgement(run, *pair, verdict), strict=True):
            setattr(row, column, value)
    return rows


def check(run: ImportRun, after: ImportRun.State) -> None:
    """Check all lines against each other, and recheck those that need a person; then set the state ``after``.

    Idempotent. Applied lines stay applied.
    """
    before = State(run.state)
    # Recorded first: corrections made while this runs require another round.
    ImportRun.objects.filter(pk=run.pk).update(recheck=False)
    _check_again(run)
    rows = run.rows.exclude(outcome=Outcome.SKIPPED).order_by("line").values_list("line", "values")
    meant = run.meant
    meaning = ((line, run.importer.meaning(values, meant)) for line, values in rows.iterator(chunk_size=2000))
    across = run.importer.across(meaning)
    breath = WritePause()
    _settle(run, across)
    for lines in _pieces(sorted(across.problems)):
        breath.take()
        with transaction.atomic():
            wrong = list(run.rows.filter(line__among=lines).select_for_update())
            for row in wrong:
                row.problems = [*row.problems, *(problem.data() for problem in across.problems[row.line])]
                row.outcome, row.waiting = Outcome.WRONG, False
            ImportRow.objects.bulk_update(wrong, ["problems", "outcome", "waiting"])
    _set_back(run)
    by_depth: dict[int, list[int]] = {}
    for line, depth in across.depth.items():
        by_depth.setdefault(depth, []).append(line)
    for depth, deep in by_depth.items():
        for lines in _pieces(sorted(deep)):
            breath.take()
            run.rows.filter(line__among=lines).exclude(depth=depth).update(depth=depth)
    total = run.rows.filter(waiting=True).count()
    step(run, before, after, total=total)


def _settle(run: ImportRun, across: Across) -> None:
    """Store the meanings of names, and recheck the lines they change."""
    run.settled, run.asked = across.settled, across.asked
    ImportRun.objects.filter(pk=run.pk).update(settled=run.settled, asked=run.asked)
    names = {field: run.meanings.get(field, {}) for field in across.settled}
    said = Q()
    for field, meant in names.items():
        said |= Q(**{f"values__{field}__in": list(meant)})
    if said:
        _judge_all(run, run.rows.filter(said, outcome=Outcome.CHANGED, waiting=True))


def _set_back(run: ImportRun) -> None:
    """Reset lines whose only difference is a person who is not here yet and whose own line is blocked."""
    field = run.importer.refers
    held = set(run.rows.filter(outcome=Outcome.WRONG).exclude(key="").values_list("key", flat=True))
    meant = run.meanings.get(field, {})
    absent = run.importer.absent(held)
    absent |= {written for written, key in meant.items() if key in absent} | run.asked.get(field, {}).keys()
    for names in _pieces(sorted(absent)):
        said = {f"values__{field}__in": names}
        rows = list(run.rows.filter(outcome=Outcome.CHANGED, waiting=True, **said))
        without = [{key: value for key, value in row.values.items() if key != field} for row in rows]
        for row, verdict in zip(rows, _compared(run, [(values, []) for values in without]), strict=True):
            if verdict.outcome == Outcome.SAME:
                row.outcome, row.waiting = Outcome.LATER, False
        ImportRow.objects.bulk_update(rows, ["outcome", "waiting"], batch_size=100)


def _check_again(run: ImportRun) -> None:
    _judge_all(run, run.rows.filter(outcome__in=[Outcome.WRONG, Outcome.LATER]))


def _judge_all(run: ImportRun, wanted: QuerySet[ImportRow]) -> None:
    last, breath = 0, WritePause()
    while True:
        breath.take()
        with transaction.atomic():
            rows = list(wanted.filter(line__gt=last).order_by("line").select_for_update()[:CHUNK])
            if not rows:
                return
            ImportRow.objects.bulk_update(judge_rows(run, rows), JUDGED, batch_size=100)
            last = rows[-1].line


def _pieces(many: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(many), CHUNK):
        yield many[start : start + CHUNK]


def problem_of(data: dict[str, Any]) -> Problem:
    """Return a stored problem."""
    known = {field.name for field in dataclasses.fields(Problem)}
    return Problem(**{key: value for key, value in data.items() if key in known})
