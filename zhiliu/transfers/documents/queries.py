"""Queries for the pages of document imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import receiver

from ..queries import Progress, measured
from .messages import FILE, NOTE
from .models import DocumentFile, DocumentRun

State, Outcome = DocumentRun.State, DocumentFile.Outcome
STEPS: tuple[tuple[str, set[str]], ...] = (
    (State.CHECKING, {State.LOOKING}),
    (State.APPLYING, {State.READY, State.APPLYING, State.PAUSED}),
    (State.DONE, {State.DONE}),
)
SHOWS = ("attention", *Outcome.values)
SHOWN_NOTES = 5


def recent_runs(person: Person) -> QuerySet[DocumentRun]:
    """Return the document imports a person may see, newest first."""
    rows: QuerySet[DocumentRun] = DocumentRun.objects.visible_to(person).select_related("by")
    return rows


def progress_of(run: DocumentRun) -> Progress | None:
    """Return the progress of a run; None if nothing is counted."""
    if run.state in (State.APPLYING, State.PAUSED):
        return measured(run, max(0, run.total - run.rows.filter(waiting=True).count()), run.total)
    return measured(run, run.looked, run.files) if run.state == State.LOOKING else None


def files_of(run: DocumentRun, show: str) -> QuerySet[DocumentFile]:
    """Return files of a run.

    Args:
        show: an outcome, or ``attention`` for those that need a look.
    """
    rows: QuerySet[DocumentFile] = run.rows.defer("targets", "spots")
    if show in Outcome.values:
        return rows.filter(outcome=show)
    return rows.filter(Q(outcome__in=[Outcome.REFUSED, Outcome.LEFT, Outcome.GONE]) | ~Q(notes=[]))


@dataclass
class FileLine:
    """A file as shown in its row.

    Args:
        notes: broken links: the message and the targets. more: how many targets are not shown.
        url: of the article that is still here after the file is gone.
    """

    file: DocumentFile
    reason: Any
    notes: list[tuple[Any, list[str]]]
    more: int
    url: str = ""


def told(run: DocumentRun, files: list[DocumentFile]) -> list[FileLine]:
    """Return files as the page shows them."""
    gone = any(file.outcome == Outcome.GONE for file in files)
    addresses = receiver.provider.addresses(run.place) if gone else {}
    return [_told(file, addresses) for file in files]


def _told(file: DocumentFile, addresses: Mapping[str, str]) -> FileLine:
    ends: dict[str, list[str]] = {}
    for kind, end in file.notes[:SHOWN_NOTES]:
        ends.setdefault(kind, []).append(end)
    notes = [(NOTE[kind], found) for kind, found in ends.items()]
    url = addresses.get(file.source, "") if file.outcome == Outcome.GONE else ""
    return FileLine(file, FILE.get(file.reason, ""), notes, max(0, len(file.notes) - SHOWN_NOTES), url)


def document_report(run: DocumentRun) -> Iterator[tuple[object, ...]]:
    """Yield all files with their outcome, as a file to download; one with several notes appears several times."""
    yield _("File"), _("Title"), _("Outcome"), _("Reason"), pgettext("imported document", "Links to")
    for file in run.rows.order_by("number").iterator(chunk_size=500):
        begin = (file.source, file.title, file.get_outcome_display())
        if file.reason or not file.notes:
            yield *begin, FILE.get(file.reason, ""), ""
        for kind, end in file.notes:
            yield *begin, NOTE[kind], end
