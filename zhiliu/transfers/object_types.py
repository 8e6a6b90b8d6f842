"""Imports where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .documents.models import DocumentRun
from .models import ImportRun
from .rules import can_import


@offers_object_type
class ImportKind(ObjectType):
    """Imports, for administrators."""

    label = "import_run"
    icon = "upload"
    name = pgettext_lazy("kind of thing", "Import")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        runs = ImportRun.objects.filter(pk__in=list(keys))
        return {
            run.pk: ObjectCard("import_run", run.pk, run.name, run.get_absolute_url(), at=run.at, thing=run)
            for run in runs
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """All to administrators, none to others."""
        return set(keys) if can_import(person) else set()


@offers_object_type
class DocumentImportKind(ObjectType):
    """Imports of documents, for those who may bring documents where they go."""

    label = "document_run"
    icon = "upload"
    name = pgettext_lazy("kind of thing", "Import of documents")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        runs = DocumentRun.objects.filter(pk__in=list(keys))
        return {
            run.pk: ObjectCard("document_run", run.pk, run.name, run.get_absolute_url(), at=run.at, thing=run)
            for run in runs
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(DocumentRun.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))
