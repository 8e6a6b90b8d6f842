"""Facts about imports."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ImportStarted(Fact, name="transfers.import_started"):
    """An import of lines started."""

    administrative = pgettext_lazy("audit", "Import started")
    about = ("import_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Fact, name="transfers.import_finished"):
    """All applicable lines of a file were applied. No actor: the person who started it is notified."""

    administrative = pgettext_lazy("audit", "Import finished")
    about = ("import_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentImportStarted(Fact, name="transfers.document_import_started"):
    """An import of documents started."""

    about = ("document_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentImportFinished(Fact, name="transfers.document_import_finished"):
    """All applicable documents were imported. No actor: the person who started it is notified."""

    about = ("document_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class ImportGivenUp(Fact, name="transfers.import_given_up"):
    """An import was given up after its job had crashed the process twice."""

    about = ("import_run", "run_id")
    run_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentImportGivenUp(Fact, name="transfers.document_import_given_up"):
    """An import of documents was given up, likewise."""

    about = ("document_run", "run_id")
    run_id: int
