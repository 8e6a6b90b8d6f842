"""Before anything comes in: the file is looked at, every line is kept and checked.

Each step is a job in short transactions and goes on where it was cut off. How far it came stands in the rows and in
the run, written in the same transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.db import Breath, insert_rows
from zhiliu.kit.importing import ImportField, Problem, Values, Verdict

from .models import ImportRow, ImportRun
from .reading import MAX_LINES, Shape, Unreadable, header_of, kept_file, plain, records, shape_of
from .steps import step

State, Outcome = ImportRun.State, ImportRow.Outcome
CHUNK = 500
MORE = "more_cells"


def look(run: ImportRun) -> None:
    """Find out how the file is read and which column may be what. Doing it twice is harmless."""
    fields = run.importer.fields()
    known = {name: one.key for one in fields for name in _names(one)}
    try:
        with kept_file(run.path) as path:
            shape = shape_of(path)
            line, headers, samples = header_of(records(path, shape), list(known))
    except Unreadable as error:
        step(run, State.LOOKING, State.UNREADABLE, error=error.code, finished_at=timezone.now())
        return
    found = {"format": shape.format, "encoding": shape.encoding, "delimiter": shape.delimiter, "lines": shape.lines}
    read = {"header_line": line, "headers": headers, "samples": samples, "columns": guess(headers, known)}
    step(run, State.LOOKING, State.COLUMNS, **found, **read)


def _names(one: ImportField) -> set[str]:
    return {plain(name) for name in (one.label, one.key, *one.names) if name}


def guess(headers: Iterable[str], known: dict[str, str]) -> list[str]:
    """A field for each header, '' where none fits; none twice.

    A header is recognised whole, or by its end: 员工工号 is a 工号.

    Args:
        known: keys of fields by name, folded.
    """
    headers = [plain(header) for header in headers]
    found = [known.get(header, "") for header in headers]
    for place, header in enumerate(headers):
        if found[place] in found[:place]:
            found[place] = ""
        if not found[place]:
            ends = [name for name in known if len(name) > 1 and header.endswith(name) and known[name] not in found]
            found[place] = known[max(ends, key=len)] if ends else ""
    return found


def stage(run: ImportRun) -> None:
    """Read all lines into rows, going on after the last one read; then check them."""
    run.importer.begin()
    shape = Shape(run.format, run.encoding, run.delimiter)
    try:
        with kept_file(run.path) as path:
            below = (row for row in records(path, shape) if row[0] > run.header_line)
            left = islice(below, run.staged, None)
            breath = Breath()
            while chunk := list(islice(left, CHUNK)):
                _keep(run, chunk)
                breath.take()
    except Unreadable as error:
        step(run, State.STAGING, State.UNREADABLE, error=error.code, finished_at=timezone.now())
        return
    if step(run, State.STAGING, State.CHECKING, lines=run.staged):
        check(run, State.READY)


def _keep(run: ImportRun, chunk: list[tuple[int, list[Any]]]) -> None:
    """Write a chunk's rows, and how far the file is read, together."""
    lines = [line for line, _cells in chunk]
    read = [_read(run, cells) for _line, cells in chunk]
    judged = zip(lines, read, _compared(run, read), strict=True)
    rows = [(run.pk, line, *_judgement(run, *one, verdict), 0) for line, one, verdict in judged]
    start = run.staged
    if start + len(chunk) > MAX_LINES:
        raise Unreadable("too_many")
    with transaction.atomic():
        # Whoever reads the same file at the same time finds the counter moved and leaves its rows out.
        if ImportRun.objects.filter(pk=run.pk, staged=start, state=State.STAGING).update(staged=start + len(chunk)):
            insert_rows(ImportRow, ["run_id", "line", *JUDGED, "depth"], rows)
    run.staged = start + len(chunk)


def _read(run: ImportRun, cells: list[Any]) -> tuple[Values, list[Problem]]:
    named = {key: cell for key, cell in zip(run.columns, cells, strict=False) if key}
    further = [str(cell) for cell in cells[len(run.headers) :] if cell not in ("", None)]
    if further:
        named[MORE] = " ".join(further)[:80]
    return run.importer.clean(named)


def _compared(run: ImportRun, read: list[tuple[Values, list[Problem]]]) -> list[Verdict]:
    sound = (_sound(values, problems) for values, problems in read)
    return run.importer.compare([run.importer.meaning(values, run.meant) for values in sound])


def _sound(values: Values, problems: list[Problem]) -> Values:
    """The values nothing is said against: the others need not be comparable."""
    wrong = {problem.field for problem in problems}
    return {key: value for key, value in values.items() if key not in wrong}


# What a check says about a row.
JUDGED = ["key", "values", "problems", "outcome", "waiting"]


def _judgement(run: ImportRun, values: Values, problems: list[Problem], verdict: Verdict) -> tuple[Any, ...]:
    """A value for each of :data:`JUDGED`."""
    told = {problem.field for problem in problems}
    found = [*problems, *(problem for problem in verdict.problems if problem.field not in told)]
    outcome = Outcome.WRONG.value if found else verdict.outcome
    waiting = outcome in (Outcome.NEW, Outcome.CHANGED)
    return values.get(run.importer.identity, "")[:80], values, [one.data() for one in found], outcome, waiting


def judge_rows(run: ImportRun, rows: list[ImportRow]) -> list[ImportRow]:
    """Check rows by themselves and beside what is there; they are not saved."""
    run.importer.begin()
    read = [run.importer.clean(dict(row.values)) for row in rows]
    for row, one, verdict in zip(rows, read, _compared(run, read), strict=True):
        for column, value in zip(JUDGED, _judgement(run, *one, verdict), strict=True):
            setattr(row, column, value)
    return rows


def check(run: ImportRun, after: ImportRun.State) -> None:
    """Check all lines against each other, and those that need a person anew; then the run is ``after``.

    Doing it twice is harmless. What is in already stays in.
    """
    before = State(run.state)
    # Noted first: what is mended while this runs asks for another round.
    ImportRun.objects.filter(pk=run.pk).update(recheck=False)
    _check_again(run)
    rows = run.rows.exclude(outcome=Outcome.SKIPPED).order_by("line").values_list("line", "values")
    across = run.importer.across(rows.iterator(chunk_size=2000))
    breath = Breath()
    for lines in _pieces(sorted(across.problems)):
        breath.take()
        with transaction.atomic():
            wrong = list(run.rows.filter(line__among=lines).select_for_update())
            for row in wrong:
                row.problems = [*row.problems, *(problem.data() for problem in across.problems[row.line])]
                row.outcome, row.waiting = Outcome.WRONG, False
            ImportRow.objects.bulk_update(wrong, ["problems", "outcome", "waiting"])
    by_depth: dict[int, list[int]] = {}
    for line, depth in across.depth.items():
        by_depth.setdefault(depth, []).append(line)
    for depth, deep in by_depth.items():
        for lines in _pieces(sorted(deep)):
            breath.take()
            run.rows.filter(line__among=lines).exclude(depth=depth).update(depth=depth)
    total = run.rows.filter(waiting=True).count()
    step(run, before, after, total=total)


def _check_again(run: ImportRun) -> None:
    last, breath = 0, Breath()
    while True:
        breath.take()
        with transaction.atomic():
            rows = run.rows.filter(outcome__in=[Outcome.WRONG, Outcome.LATER], line__gt=last).order_by("line")
            rows = list(rows.select_for_update()[:CHUNK])
            if not rows:
                return
            ImportRow.objects.bulk_update(judge_rows(run, rows), JUDGED, batch_size=100)
            last = rows[-1].line


def _pieces(lines: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(lines), CHUNK):
        yield lines[start : start + CHUNK]


def problem_of(data: dict[str, Any]) -> Problem:
    """A problem as it was kept."""
    known = {one.name for one in dataclasses.fields(Problem)}
    return Problem(**{key: value for key, value in data.items() if key in known})
