"""The state transitions of all imports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.facts import announce

from .models import Run

KEPT = dt.timedelta(days=14)


def step(run: Run, before: Run.State, after: Run.State, **values: Any) -> bool:
    """Change the state; the filtered update settles the race of two callers.

    Returns:
        Whether this call changed it.
    """
    values |= {"state": after, "phase_at": timezone.now()}
    done = type(run).objects.filter(pk=run.pk, state=before).update(**values)
    run.refresh_from_db()
    return bool(done)


def give_up(kind: type[Run], pk: int) -> None:
    """Give up a run after its job failed: one being applied waits for a person to continue, any other is unreadable."""
    run = kind.objects.filter(pk=pk).first()
    if run is None or not run.works:
        return
    before = run.State(run.state)
    if before == run.State.APPLYING:
        done = step(run, before, run.State.PAUSED)
    else:
        done = step(run, before, run.State.UNREADABLE, error="crashed", finished_at=timezone.now())
    if done:
        announce(kind.GIVEN_UP(run_id=run.pk))


def throw_away(run: Run) -> None:
    """Delete a run with its file and rows. Idempotent."""
    path = run.path
    with transaction.atomic():
        run.rows.all().delete()
        type(run).objects.filter(pk=run.pk).delete()
    if path:
        default_storage.delete(path)


def forget_files_of(kind: type[Run], now: dt.datetime | None = None) -> None:
    """Delete files and rows of runs whose last step was two weeks ago; the runs stay."""
    for run in kind.objects.filter(phase_at__lt=(now or timezone.now()) - KEPT).exclude(path=""):
        default_storage.delete(run.path)
        kind.objects.filter(pk=run.pk).update(**kind.FORGOTTEN, tally=run.counts())
        run.rows.all().delete()
