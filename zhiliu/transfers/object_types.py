"""Imports as object types."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .documents.models import DocumentRun
from .models import ImportRun
from .rules import can_import


@offers_object_type
class ImportKind(ModelObjectType[ImportRun]):
    """Imports, for administrators."""

    label = "import_run"
    model = ImportRun
    icon = "upload"
    name = pgettext_lazy("kind of thing", "Import")

    def seen_by(self, person: Any) -> QuerySet[ImportRun]:
        """Return all to administrators, none to others."""
        return self.rows() if can_import(person) else self.rows().none()

    def card(self, run: ImportRun) -> ObjectCard:
        """Return the card of a loaded import."""
        return ObjectCard("import_run", run.pk, run.name, run.get_absolute_url(), at=run.at, thing=run)


@offers_object_type
class DocumentImportKind(ModelObjectType[DocumentRun]):
    """Imports of documents, for those who may import into the target."""

    label = "document_run"
    model = DocumentRun
    icon = "upload"
    name = pgettext_lazy("kind of thing", "Import of documents")

    def card(self, run: DocumentRun) -> ObjectCard:
        """Return the card of a loaded import."""
        return ObjectCard("document_run", run.pk, run.name, run.get_absolute_url(), at=run.at, thing=run)
