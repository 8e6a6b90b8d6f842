"""Preview: read every document and store its expected effect before anything is applied.

Transactions are short, and the progress is written together with the rows, so an interrupted job resumes there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.documents import Path, Standing, receiver

from ..unreadable import Unreadable
from ..workflow import step
from .bundle import MAX_TEXT, Bundle, NotTaken, open_bundle
from .contents import Tree, contents_tree
from .markdown import decode
from .models import DocumentFile, DocumentRun
from .reading import MAX_NOTES, leads_into, origin_of, read_document, see

State, Outcome = DocumentRun.State, DocumentFile.Outcome
CHUNK = 50


def preview_documents(run: DocumentRun) -> None:
    """Preview all documents, continuing after the last one. Idempotent."""
    try:
        with open_bundle(run.path) as bundle:
            if receiver.provider.place(run.place) is None:
                raise Unreadable("gone")
            _look_at_all(run, bundle)
            lost, vanished = _lost_spots(run, bundle), _vanished(run, bundle)
    except Unreadable as error:
        step(run, State.LOOKING, State.UNREADABLE, error=error.code, finished_at=timezone.now())
        return
    with transaction.atomic():
        # In one transaction with the step: an interrupted job repeats it from the same rows.
        # A second job finds it done.
        if not DocumentRun.objects.select_for_update().filter(pk=run.pk, state=State.LOOKING).exists():
            return
        _tell_of_refused(run)
        _tell_of_lost_spots(run, lost)
        DocumentFile.objects.bulk_create(vanished)
        step(run, State.LOOKING, State.READY, total=run.rows.filter(waiting=True).count())


def _look_at_all(run: DocumentRun, bundle: Bundle) -> None:
    documents, tree = bundle.documents(), folders_of(bundle)
    known = {path for path, code in documents if not code} | set(receiver.provider.addresses(run.place))
    DocumentRun.objects.filter(pk=run.pk).update(files=len(documents))
    # Reading between the transactions takes longer than they do, so other writers get their turn.
    while run.looked < len(documents):
        chunk = documents[run.looked : run.looked + CHUNK]
        rows = [_row(run, bundle, tree, known, place, pair) for place, pair in enumerate(chunk, start=run.looked + 1)]
        _compare(run, rows)
        _keep(run, rows)


def folders_of(bundle: Bundle) -> Tree:
    """Return the tree of folders: from the contents files, else as packed."""
    texts = []
    for path in bundle.contents:
        try:
            texts.append((path, decode(bundle.read(path, MAX_TEXT))))
        except NotTaken:
            continue
    return contents_tree(texts, bundle.pages, bundle.root)


def _row(
    run: DocumentRun, bundle: Bundle, tree: Tree, sources: set[str], number: int, item: tuple[str, str]
) -> DocumentFile:
    source, code = item
    row = DocumentFile(run=run, number=number, source=source, outcome=Outcome.REFUSED, reason=code)
    if code:
        return row
    try:
        seen = see(bundle, source, sources)
    except NotTaken as error:
        row.reason = error.code
        return row
    row.title, row.digest, row.notes, row.targets = seen.document.title, seen.digest, seen.notes, seen.targets
    row.spots = seen.spots
    row.folder = list(below(run, tree.folder_of[source]))
    row.outcome, row.waiting = Outcome.NEW, True
    return row


def below(run: DocumentRun, folder: Path) -> Path:
    """Return a folder below the one chosen for all."""
    return (*(part for part in run.folder.split("/") if part), *folder)


def _compare(run: DocumentRun, rows: Sequence[DocumentFile]) -> None:
    """Compare rows with existing pages."""
    sound = {row.source: row.digest for row in rows if row.outcome != Outcome.REFUSED}
    standing = receiver.provider.compare(run.place, sound)
    for row in rows:
        if row.source in sound:
            row.outcome = _OUTCOMES[standing.get(row.source)]
            row.waiting = row.outcome in (Outcome.NEW, Outcome.CHANGED)


_OUTCOMES = {
    None: Outcome.NEW,
    Standing.SAME: Outcome.SAME,
    Standing.CHANGED: Outcome.CHANGED,
    Standing.LEFT: Outcome.LEFT,
}


def _keep(run: DocumentRun, rows: Sequence[DocumentFile]) -> None:
    start, end = run.looked, run.looked + len(rows)
    with transaction.atomic():
        # A concurrent preview of the same files finds the counter moved and discards its rows.
        if DocumentRun.objects.filter(pk=run.pk, looked=start, state=State.LOOKING).update(looked=end):
            DocumentFile.objects.bulk_create(rows)
    run.looked = end


def _tell_of_refused(run: DocumentRun) -> None:
    """Report links to documents that turned out to be refused: they have no target either."""
    refused = set(run.rows.filter(outcome=Outcome.REFUSED).values_list("source", flat=True))
    refused -= set(receiver.provider.addresses(run.place))
    changed = []
    for row in run.rows.exclude(targets=[]) if refused else ():
        if missing := sorted(refused & set(row.targets)):
            row.notes = [*row.notes, *(["link", path] for path in missing)]
            row.digest = hashlib.sha256("\n".join([row.digest, *missing]).encode()).hexdigest()
            changed.append(row)
    _compare(run, changed)
    DocumentFile.objects.bulk_update(changed, ["notes", "digest", "outcome", "waiting"], batch_size=100)


# ---- places in pages -------------------------------------------------------------------------------------------------


def _lost_spots(run: DocumentRun, bundle: Bundle) -> dict[int, list[str]]:
    """Return targets of links to missing places in a page, by row. It reads pages: call it before the transaction."""
    rows = dict(run.rows.exclude(spots=[]).values_list("pk", "spots"))
    anchors = _anchors(run, bundle, {source for spots in rows.values() for _end, source in spots})
    lost = {
        key: [end for end, source in spots if source in anchors and not leads_into(end, anchors[source])]
        for key, spots in rows.items()
    }
    return {key: ends for key, ends in lost.items() if ends}


def _anchors(run: DocumentRun, bundle: Bundle, sources: set[str]) -> dict[str, set[str]]:
    """Return the anchors of linked pages: of those that will be imported, and of others as they are here."""
    brought = run.rows.filter(outcome__in=(Outcome.NEW, Outcome.CHANGED, Outcome.SAME))
    coming = set(brought.values_list("source", flat=True)) & sources
    found = {source: anchors for source in sorted(coming) if (anchors := _read_anchors(bundle, source)) is not None}
    return found | receiver.provider.anchors(run.place, sources - coming)


def _read_anchors(bundle: Bundle, source: str) -> set[str] | None:
    try:
        return read_document(bundle, source, lambda _name, _content: None).anchors()
    except NotTaken:
        return None


def _tell_of_lost_spots(run: DocumentRun, lost: dict[int, list[str]]) -> None:
    changed = list(run.rows.filter(pk__in=lost))
    for row in changed:
        row.notes = [*row.notes, *(["anchor", end[:200]] for end in lost[row.pk])][:MAX_NOTES]
    DocumentFile.objects.bulk_update(changed, ["notes"], batch_size=100)


# ---- what vanished ---------------------------------------------------------------------------------------------------


def _vanished(run: DocumentRun, bundle: Bundle) -> list[DocumentFile]:
    """Return rows for documents of the same source that are no longer in it: they are reported, never removed."""
    origin = origin_of(run, bundle)
    titles = receiver.provider.titles(run.place, origin) if origin else {}
    documents = {path for path, _code in bundle.documents()}
    gone = sorted(titles.keys() - documents)
    return [
        DocumentFile(run=run, number=number, source=source, title=titles[source], outcome=Outcome.GONE, reason="gone")
        for number, source in enumerate(gone, start=len(bundle.documents()) + 1)
    ]
