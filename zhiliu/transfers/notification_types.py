"""Notifications for the person who started an import, who may leave its page meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .documents.models import DocumentFile, DocumentRun
from .facts import DocumentImportFinished, DocumentImportGivenUp, ImportFinished, ImportGivenUp
from .models import ImportRow, ImportRun


@offers_notification
class ImportIsDone(NotificationType):
    """All applicable lines were applied."""

    key = "transfers.import_finished"
    group = "mine"
    fact = ImportFinished
    icon = "upload"

    def recipients(self, fact: ImportFinished) -> Iterable[int]:
        """Return who started it."""
        return ImportRun.objects.filter(pk=fact.run_id).exclude(by=None).values_list("by_id", flat=True)

    def details(self, fact: ImportFinished) -> dict[str, Any]:
        """Store how many lines are left."""
        return {"left": ImportRow.objects.filter(run=fact.run_id, outcome=ImportRow.Outcome.WRONG).count()}

    def sentence(self, row: Any) -> Any:
        """Return that it is finished, and whether something is left to do."""
        if left := row.details.get("left"):
            return _("“%(title)s” is imported; %(left)s lines need you") % {"title": row.title, "left": left}
        return _("“%(title)s” is imported") % {"title": row.title}


@offers_notification
class DocumentImportIsDone(NotificationType):
    """All applicable documents were imported."""

    key = "transfers.documents_imported"
    group = "mine"
    fact = DocumentImportFinished
    icon = "upload"

    def recipients(self, fact: DocumentImportFinished) -> Iterable[int]:
        """Return who started it."""
        return DocumentRun.objects.filter(pk=fact.run_id).exclude(by=None).values_list("by_id", flat=True)

    def details(self, fact: DocumentImportFinished) -> dict[str, Any]:
        """Store how many files were refused."""
        return {"left": DocumentFile.objects.filter(run=fact.run_id, outcome=DocumentFile.Outcome.REFUSED).count()}

    def sentence(self, row: Any) -> Any:
        """Return that it is finished, and whether something was refused."""
        if left := row.details.get("left"):
            return _("“%(title)s” is imported; %(left)s files were rejected") % {"title": row.title, "left": left}
        return _("“%(title)s” is imported") % {"title": row.title}


@offers_notification
class ImportIsGivenUp(NotificationType):
    """The import was given up; the person who started it need not wait."""

    key = "transfers.given_up"
    group = "mine"
    fact = (ImportGivenUp, DocumentImportGivenUp)
    icon = "triangle-alert"
    says = gettext_lazy("“%(title)s” stopped the background process twice, so we gave up")

    def recipients(self, fact: Any) -> Iterable[int]:
        """Return who started it."""
        kind: Any = ImportRun if isinstance(fact, ImportGivenUp) else DocumentRun
        runs = kind.objects.filter(pk=fact.run_id).exclude(by=None)
        return list(runs.values_list("by_id", flat=True))
