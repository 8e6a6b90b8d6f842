"""The steps of an import as jobs; each may run twice, and goes on where it was cut off."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic
from zhiliu.jobs.retrying import givers_up


@task()
def advance_import(run_id: int) -> None:
    """Do what the run's state asks for."""
    from .importing import advance
    from .models import ImportRun

    run = ImportRun.objects.filter(pk=run_id).first()
    if run is not None:
        advance(run)


@task()
def advance_documents(run_id: int) -> None:
    """The same for documents."""
    from .documents.document_import import advance
    from .documents.models import DocumentRun

    run = DocumentRun.objects.filter(pk=run_id).first()
    if run is not None:
        advance(run)


@givers_up.register(key="zhiliu.transfers.tasks.advance_import")
def give_up_import(run_id: int) -> None:
    """Say on the page of the import that it stands still."""
    from .models import ImportRun
    from .workflow import give_up

    give_up(ImportRun, run_id)


@givers_up.register(key="zhiliu.transfers.tasks.advance_documents")
def give_up_documents(run_id: int) -> None:
    """The same for documents."""
    from .documents.models import DocumentRun
    from .workflow import give_up

    give_up(DocumentRun, run_id)


@periodic(Daily(hour=4))
@task()
def forget_old_files() -> None:
    """Files and lines hold personal data: they go two weeks after the last step."""
    from .documents.models import DocumentRun
    from .importing import forget_files
    from .workflow import forget_files_of

    forget_files()
    forget_files_of(DocumentRun)
