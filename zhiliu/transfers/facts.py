"""What happens with imports."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ImportStarted(Fact, name="transfers.import_started"):
    """Lines of a file begin to come in."""

    administrative = pgettext_lazy("audit", "Import started")
    about = ("import_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Fact, name="transfers.import_finished"):
    """All lines of a file that could come in are in. Nobody is named: the one who started it is told."""

    administrative = pgettext_lazy("audit", "Import finished")
    about = ("import_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentImportStarted(Fact, name="transfers.document_import_started"):
    """Documents begin to come in."""

    about = ("document_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentImportFinished(Fact, name="transfers.document_import_finished"):
    """All documents that could come in are in. Nobody is named: the one who started it is told."""

    about = ("document_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class ImportGivenUp(Fact, name="transfers.import_given_up"):
    """The job at an import took its process down twice."""

    about = ("import_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentImportGivenUp(Fact, name="transfers.document_import_given_up"):
    """The same of an import of documents."""

    about = ("document_run", "run_id")
    run_id: int
