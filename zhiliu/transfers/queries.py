"""The questions the pages of imports ask."""

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
    """Imports, newest first."""
    return ImportRun.objects.select_related("by").defer("headers", "samples", "columns")


@dataclass
class Progress:
    """How far the present work is.

    Args:
        done, total: lines; a total of 0 is not known yet. minutes: left, or None while nobody can tell.
    """

    done: int
    total: int
    minutes: int | None


def progress_of(run: ImportRun) -> Progress | None:
    """How far a run is; None where nothing is counted."""
    if run.state in (State.APPLYING, State.PAUSED):
        done, total = max(0, run.total - run.rows.filter(waiting=True).count()), run.total
    elif run.state == State.STAGING:
        done, total = run.staged, max(run.lines, run.staged) if run.lines else 0
    else:
        return None
    return measured(run, done, total)


def measured(run: Run, done: int, total: int) -> Progress:
    """So much of it is done since the present state began."""
    spent = (timezone.now() - run.phase_at).total_seconds()
    # The first seconds say little.
    known = done > 0 and total > 0 and spent > 4 and run.state != State.PAUSED
    return Progress(done, total, math.ceil(spent * (total - done) / done / 60) if known else None)


@dataclass
class Mendable:
    """A line that needs a person.

    Args:
        said: what is wrong and what is proposed, in words. fields: what can be written instead, with its value.
        takes: whether the proposal can be taken; skips: whether it is to leave the line out.
    """

    row: ImportRow
    said: list[tuple[str, str]]
    fields: list[tuple[ImportField, str]]
    takes: bool
    skips: bool

    @property
    def is_done(self) -> bool:
        """Whether it needs nobody any more."""
        return self.row.outcome != Outcome.WRONG

    @property
    def name(self) -> str:
        """Whom the line is about."""
        return str(self.row.values.get("name", ""))


def mendable(run: ImportRun, rows: list[ImportRow]) -> list[Mendable]:
    """Lines as the page shows them."""
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
    """Lines of the same key beside one that was left out: what is said of them may have changed."""
    if left_out.outcome != Outcome.SKIPPED or not left_out.key:
        return []
    return list(run.rows.filter(key__iexact=left_out.key).exclude(pk=left_out.pk).exclude(outcome=Outcome.SKIPPED)[:20])


def wrong_rows(run: ImportRun) -> QuerySet[ImportRow]:
    """Lines that need a person."""
    return run.rows.filter(outcome=Outcome.WRONG)


def new_rows(run: ImportRun) -> Any:
    """People who came in with a run and have no password yet; None where it brings no people in."""
    return run.importer.newcomers(run.rows.filter(waiting=False).values("key"), run.at)
