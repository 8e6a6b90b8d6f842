"""Apply pages in short batches; applied pages are never reverted.

All new pages are reserved first, so that links between them have addresses; then they are filled. A batch is one
transaction: the pages, and the mark that they are applied. After a crash the next batch continues. A second worker on
the same run waits for its row lock and then finds other files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.documents import DocumentPage, Prepare, receiver
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.system.db import WritePause

from ..facts import DocumentImportFinished
from ..rules import can_bring
from ..unreadable import Unreadable
from ..workflow import step
from .bundle import Bundle, NotTaken, open_bundle
from .models import DocumentFile, DocumentRun
from .preview import below, folders_of
from .reading import Fetcher

State, Outcome = DocumentRun.State, DocumentFile.Outcome
ROOMS = 200
# About a quarter of a second of reading and rendering; the transaction itself takes a tenth of that.
BATCH = 25
# The number of batches prepared while one is written; each holds its texts.
AHEAD = 4
Batch = tuple[list[DocumentFile], dict[str, Any]]


def apply(run: DocumentRun) -> None:
    """Apply all pending files, until none are left or someone pauses."""
    try:
        with open_bundle(run.path) as bundle:
            _bring_all(run, bundle)
    except Unreadable as error:
        step(run, State.APPLYING, State.UNREADABLE, error=error.code, finished_at=timezone.now())
        return
    run.refresh_from_db()
    if run.state == State.APPLYING:
        _finish(run)


def _bring_all(run: DocumentRun, bundle: Bundle) -> None:
    if not _make_room(run, bundle):
        return
    places = folders_of(bundle).places
    fetcher = Fetcher(run, bundle, receiver.provider.addresses(run.place), places)
    with receiver.provider.preparing(run.rows.filter(waiting=True).count()) as prepare:
        # Reading and rendering hold no lock and take longer than the transaction, so other writers get their turn.
        for rows, ready in _prepared(run, fetcher, prepare):
            if not bring_batch(run, rows, ready):
                return


def _prepared(run: DocumentRun, fetcher: Fetcher, prepare: Prepare) -> Iterator[Batch]:
    """Yield pending files with their rendered pages, in order; the next are prepared while some are written."""
    ahead: deque[tuple[list[DocumentFile], list[str], Callable[[], list[Any]]]] = deque()
    for rows in _batches(run):
        pages = _read(rows, fetcher)
        ahead.append((rows, [page.source for page in pages], prepare(pages)))
        if len(ahead) > AHEAD:
            yield _waited_for(*ahead.popleft())
    while ahead:
        yield _waited_for(*ahead.popleft())


def _waited_for(rows: list[DocumentFile], sources: list[str], later: Callable[[], list[Any]]) -> Batch:
    return rows, dict(zip(sources, later(), strict=True))


def _batches(run: DocumentRun) -> Iterator[list[DocumentFile]]:
    waiting, last = run.rows.filter(waiting=True).order_by("number"), 0
    while rows := list(waiting.filter(number__gt=last)[:BATCH]):
        yield rows
        last = rows[-1].number


def _make_room(run: DocumentRun, bundle: Bundle) -> bool:
    """Create folders, and reserve the pages that are new.

    Returns:
        Whether the run may continue.
    """
    new = list(run.rows.filter(waiting=True, outcome=Outcome.NEW).order_by("number"))
    used = {tuple(row.folder) for row in new}
    folders = [entry for entry in (below(run, folder) for folder in folders_of(bundle).folders) if entry in used]
    folders += sorted(used - set(folders) - {()})
    with transaction.atomic():
        if _allowed(run) is None:
            return False
        receiver.provider.make_folders(run.place, folders)
    breath = WritePause()
    for start in range(0, len(new), ROOMS):
        rooms = [(row.source, row.title) for row in new[start : start + ROOMS]]
        receiver.provider.reserve(run.place, rooms, by=run.by)
        breath.take()
    return True


def _allowed(run: DocumentRun) -> DocumentRun | None:
    """Return the run, locked for this transaction, while it may be worked on."""
    # The row lock makes a second worker, or a person who pauses, wait for the end of the batch.
    current = DocumentRun.objects.select_for_update().filter(pk=run.pk, state=State.APPLYING).first()
    if current is not None and (current.by is None or not can_bring(current.by, current)):
        # The person who started it may have lost the permission; someone else continues.
        step(current, State.APPLYING, State.PAUSED)
        return None
    return current


def bring_batch(run: DocumentRun, rows: list[DocumentFile], ready: dict[str, Any]) -> bool:
    """Apply some files.

    Args:
        ready: their rendered pages, by source; without those that have become unreadable.

    Returns:
        Whether the run may continue.
    """
    with transaction.atomic():
        current = _allowed(run)
        if current is not None:
            _bring_in(current, rows, ready)
    return current is not None


def _read(rows: list[DocumentFile], fetcher: Fetcher) -> list[DocumentPage]:
    """Return the pages of rows; those that have become unreadable store the reason."""
    pages: list[DocumentPage] = []
    for row in rows:
        try:
            pages.append(fetcher.page(row))
        except NotTaken as error:
            row.reason = error.code
    return pages


def _bring_in(run: DocumentRun, rows: list[DocumentFile], ready: dict[str, Any]) -> None:
    waiting = {row.source: row.pk for row in run.rows.filter(pk__in=[row.pk for row in rows], waiting=True)}
    taken = [ready[source] for source in waiting if source in ready]
    left = receiver.provider.take(run.place, taken, by=run.by, publishes=run.publishes)
    files = run.rows.filter(pk__in=waiting.values())
    files.update(waiting=False)
    files.filter(source__in=left).update(outcome=Outcome.LEFT)
    for row in rows:
        if row.source in waiting and row.source not in ready:
            files.filter(pk=row.pk).update(outcome=Outcome.REFUSED, reason=row.reason)
            receiver.provider.release(run.place, [row.source])


def _finish(run: DocumentRun) -> None:
    with transaction.atomic():
        if step(run, State.APPLYING, State.DONE, finished_at=timezone.now()):
            announce(DocumentImportFinished(run_id=run.pk))
