"""Queries for the pages of imports."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from zhiliu.kit.contracts.importing import ImportField

from .importing import SKIP, proposed
from .models import ImportRow, ImportRun, Run
from .staging import problem_of

State, Outcome = ImportRun.State, ImportRow.Outcome
STEPS = (
    (State.COLUMNS, {State.LOOKING, State.COLUMNS}),
    (State.CHECKING, {State.STAGING, State.CHECKING}),
    (State.APPLYING, {State.READY, State.RECHECKING, State.APPLYING, State.PAUSED}),
    (State.DONE, {State.DONE}),
)


def recent_runs() -> QuerySet[ImportRun]:
    """Return imports, newest first."""
    return ImportRun.objects.select_related("by").defer("headers", "samples", "columns")


@dataclass
class Progress:
    """The progress of the current step.

    Args:
        done, total: lines; a total of 0 is not known yet. minutes: remaining, or None while unknown.
    """

    done: int
    total: int
    minutes: int | None


def progress_of(run: ImportRun) -> Progress | None:
    """Return the progress of a run, None if nothing is counted."""
    if run.state in (State.APPLYING, State.PAUSED):
        done, total = max(0, run.total - run.rows.filter(waiting=True).count()), run.total
    elif run.state == State.STAGING:
        done, total = run.staged, max(run.lines, run.staged) if run.lines else 0
    else:
        return None
    return measured(run, done, total)


def measured(run: Run, count: int, total: int) -> Progress:
    """Return the progress and the remaining time since the current state began."""
    spent = (timezone.now() - run.phase_at).total_seconds()
    # The first seconds are not representative.
    known = count > 0 and total > 0 and spent > 4 and run.state != State.PAUSED
    return Progress(count, total, math.ceil(spent * (total - count) / count / 60) if known else None)


@dataclass
class Mendable:
    """A line that needs a person.

    Args:
        said: problem and proposal, in words. fields: the editable fields with their values.
        takes: whether the proposal can be accepted; skips: whether it is to skip the line.
    """

    row: ImportRow
    said: list[tuple[str, str]]
    fields: list[tuple[ImportField, str]]
    takes: bool
    skips: bool

    @property
    def is_done(self) -> bool:
        """Whether it needs no person any more."""
        return self.row.outcome != Outcome.WRONG

    @property
    def name(self) -> str:
        """The person the line is about."""
        return str(self.row.values.get("name", ""))


def mendable(run: ImportRun, rows: list[ImportRow]) -> list[Mendable]:
    """Return lines as the page shows them."""
    fields = {field.key: field for field in run.importer.fields()}
    return [_mendable(run, row, fields) for row in rows]


def _mendable(run: ImportRun, row: ImportRow, fields: dict[str, Any]) -> Mendable:
    problems = [problem_of(data) for data in row.problems]
    said = [(run.importer.sentence(problem), run.importer.proposal(problem)) for problem in problems]
    about = dict.fromkeys(problem.field for problem in problems if problem.field in fields)
    fix = proposed(row)
    values = [(fields[key], row.values.get(key, "")) for key in about]
    return Mendable(row, said, values, fix is not None, fix == SKIP)


def freed_by(run: ImportRun, left_out: ImportRow) -> list[ImportRow]:
    """Return other lines with the key of one that was skipped: their problems may have changed."""
    if left_out.outcome != Outcome.SKIPPED or not left_out.key:
        return []
    return list(run.rows.filter(key__iexact=left_out.key).exclude(pk=left_out.pk).exclude(outcome=Outcome.SKIPPED)[:20])


def wrong_rows(run: ImportRun) -> QuerySet[ImportRow]:
    """Return the lines that need a person."""
    return run.rows.filter(outcome=Outcome.WRONG)


def new_rows(run: ImportRun) -> Any:
    """Return people who were added by a run and have no password yet; None if it adds no people."""
    return run.importer.newcomers(run.rows.filter(waiting=False).values("key"), run.at)
