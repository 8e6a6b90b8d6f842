"""Verbs of an import of documents: upload, start, pause, resume, discard."""

from __future__ import annotations

import datetime as dt
import secrets
import zipfile
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from zhiliu.directory.models import Person
from zhiliu.files.storing import safe_name
from zhiliu.jobs.retrying import givers_up
from zhiliu.kit.contracts.documents import DocumentPlace, receiver
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused

from ..facts import DocumentImportStarted
from ..packed_files import list_bytes
from ..rules import can_bring
from ..workflow import forget_files_of, give_up, step, throw_away
from .applying import apply
from .bundle import MAX_LIST, PAGES, pack_file
from .contents import folder_name
from .models import DocumentFile, DocumentRun
from .preview import preview_documents

State, Outcome = DocumentRun.State, DocumentFile.Outcome
OPEN = (State.READY, State.PAUSED, State.DONE, State.UNREADABLE)


def bring(
    content: IO[bytes],
    *,
    name: str,
    place: DocumentPlace,
    by: Person,
    folder: str = "",
    publishes: bool = True,
    work: bool = True,
    limited: bool = True,
) -> DocumentRun:
    """Store documents and start their preview.

    Args:
        content: a packed folder or a single document, from the start. folder: path of the folder for all, "a/b".
        publishes: whether readers see the pages at once. work: whether jobs do the steps; otherwise the caller does, by
            :func:`advance`. limited: whether the size limit applies.

    Raises:
        Refused: too large, or neither a packed folder nor a document.
    """
    if (reason := receiver.provider.why_not(by, place.key)) is not None:
        raise Forbidden(reason)
    size = content.seek(0, 2)
    if limited and size > settings.UPLOAD_MAX_BYTES:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": settings.UPLOAD_MAX_BYTES >> 20}, "file")
    content.seek(0)
    packed = _packed(content, safe_name(name))
    path = default_storage.save(f"imports/{secrets.token_hex(16)}", File(packed))
    names = [folder_name(part) for part in folder.split("/") if part.strip()]
    with transaction.atomic():
        run = DocumentRun.objects.create(
            name=safe_name(name), path=path, place=place.key, folder="/".join(names)[:200], publishes=publishes, by=by
        )
        _go_on(run, work)
    return run


def _packed(content: IO[bytes], name: str) -> IO[bytes]:
    head = content.read(4)
    content.seek(0)
    if not head:
        raise Refused(_("The file is empty."), "file")
    if head.startswith(b"PK") and not _is_word(content):
        return content
    if name.lower().endswith(PAGES):
        return pack_file(content, name)
    if name.lower().endswith(".txt"):
        return pack_file(content, f"{name[:-4]}.md")
    raise Refused(_("Choose a ZIP file, a Markdown or a Word file (.docx)."), "file")


def _is_word(content: IO[bytes]) -> bool:
    try:
        return list_bytes(content) <= MAX_LIST and "word/document.xml" in zipfile.ZipFile(content).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    finally:
        content.seek(0)


def start(run: DocumentRun, *, by: Person, work: bool = True) -> None:
    """Apply what is new or changed. Idempotent."""
    require(can_bring, by, run)
    with transaction.atomic():
        if run.rows.filter(waiting=True).exists() and step(run, State.READY, State.APPLYING, by=by):
            announce(DocumentImportStarted(run_id=run.pk, by_id=by.pk))
            _go_on(run, work)


def pause(run: DocumentRun, *, by: Person) -> None:
    """Stop after the current batch. Idempotent."""
    require(can_bring, by, run)
    step(run, State.APPLYING, State.PAUSED)


def resume(run: DocumentRun, *, by: Person) -> None:
    """Continue after a pause. Idempotent."""
    require(can_bring, by, run)
    with transaction.atomic():
        if step(run, State.PAUSED, State.APPLYING, by=by):
            _go_on(run)


def discard(run: DocumentRun, *, by: Person) -> None:
    """Discard an import; applied pages stay, reserved ones are released. Idempotent.

    Raises:
        Refused: it is being worked on.
    """
    require(can_bring, by, run)
    with transaction.atomic():
        current = DocumentRun.objects.select_for_update().filter(pk=run.pk).first()
        if current is not None and current.state not in OPEN:
            raise Refused(_("This import is running. Pause it, or wait until it is done."))
        waiting = run.rows.filter(waiting=True, outcome=Outcome.NEW)
        receiver.provider.release(run.place, list(waiting.values_list("source", flat=True)))
    throw_away(run)


def advance(run: DocumentRun) -> None:
    """Do the step of the current state, until a person is needed; called by a job. Idempotent."""
    if run.state == State.LOOKING:
        preview_documents(run)
    elif run.state == State.APPLYING:
        apply(run)


def forget_files(now: dt.datetime | None = None) -> None:
    """Delete files and rows of runs whose last step was two weeks ago; the runs stay."""
    forget_files_of(DocumentRun, now)


@task()
def advance_documents(run_id: int) -> None:
    """Do the step of a run's state; resumes after an interruption."""
    run = DocumentRun.objects.filter(pk=run_id).first()
    if run is not None:
        advance(run)


def _go_on(run: DocumentRun, work: bool = True) -> None:
    if work:
        advance_documents.enqueue(run.pk)


@givers_up.register(key=advance_documents.module_path)
def give_up_documents(run_id: int) -> None:
    """Mark the import as stopped, so that its page says so."""
    give_up(DocumentRun, run_id)
