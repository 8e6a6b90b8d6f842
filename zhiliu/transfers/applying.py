"""Apply lines in short batches; applied lines are never reverted.

A batch is one transaction: the lines, and the mark that they are applied. After a crash the next batch continues.
A second worker on the same run waits for its row lock and then finds other lines.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.importing import Problem, Values
from zhiliu.kit.system.db import AdaptiveBatch, WritePause

from .facts import ImportFinished
from .models import ImportRow, ImportRun
from .rules import can_import
from .staging import JUDGED, check, judge_rows
from .workflow import step

State, Outcome = ImportRun.State, ImportRow.Outcome
# Initial and maximum number of lines in a batch: other writers should wait only a fraction of a second.
BATCH, MOST = 200, 1000


def apply(run: ImportRun) -> None:
    """Apply all pending lines, until none are left or someone pauses."""
    if run.state == State.RECHECKING:
        check(run, State.APPLYING)
    run.importer.begin()
    breath, pace = WritePause(), AdaptiveBatch(BATCH, MOST)
    while apply_batch(run, pace):
        breath.take()
    run.refresh_from_db()
    if run.state == State.APPLYING:
        _finish(run)


def apply_batch(run: ImportRun, pace: AdaptiveBatch) -> bool:
    """Apply the next lines, as many as ``pace`` allows.

    Returns:
        Whether there may be more.
    """
    with transaction.atomic():
        # The row lock makes a second worker, or a person who pauses, wait for the end of the batch.
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        if current.state != State.APPLYING:
            return False
        if current.by is None or not can_import(current.by):
            # The person who started it may have lost the permission; another administrator continues.
            step(current, State.APPLYING, State.PAUSED)
            return False
        waiting = current.rows.filter(waiting=True).order_by("depth", "line")
        rows = list(waiting.values_list("pk", "values", "depth")[: pace.size])
        # Managers are in lines of a smaller depth, which are applied before the next depth begins.
        rows = [row for row in rows if row[2] == rows[0][2]]
        if rows:
            with pace.measured(len(rows)):
                _bring_in(current, rows)
    return bool(rows)


def _bring_in(run: ImportRun, rows: list[tuple[int, Values, int]]) -> None:
    meant = [run.importer.meaning(values, run.meanings) for _key, values, _depth in rows]
    done = run.importer.apply(meant, by=run.by)
    keys = [key for key, _values, _depth in rows]
    ImportRow.objects.filter(pk__among=keys).update(waiting=False)
    if done.later:
        ImportRow.objects.filter(pk__among=[keys[place] for place in done.later]).update(outcome=Outcome.LATER)
    if done.refused:
        said = [Problem("meanwhile").data()]
        refused = ImportRow.objects.filter(pk__among=[keys[place] for place in done.refused])
        refused.update(outcome=Outcome.WRONG, problems=said)
    if done.later or done.refused:
        ImportRun.objects.filter(pk=run.pk).update(recheck=True)


def _finish(run: ImportRun) -> None:
    """Check the remaining lines again, then finish the round."""
    if run.recheck:
        _say_what_is_left(run)
    with transaction.atomic():
        if step(run, State.APPLYING, State.DONE, finished_at=timezone.now()):
            announce(ImportFinished(run_id=run.pk), change=Change(run.name))


def _say_what_is_left(run: ImportRun) -> None:
    refused = [row for row in run.rows.filter(outcome=Outcome.WRONG) if row.problems == [Problem("meanwhile").data()]]
    for row in judge_rows(run, refused):
        row.waiting = False
        row.problems = row.problems or [Problem("meanwhile").data()]
        row.outcome = Outcome.WRONG
        row.save(update_fields=JUDGED)
