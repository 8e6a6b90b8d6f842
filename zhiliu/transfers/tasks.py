"""Periodic tasks of imports."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic

from . import importing
from .documents import document_import


@periodic(Daily(hour=4))
@task()
def forget_old_files() -> None:
    """Delete files and rows two weeks after the last step, because they contain personal data."""
    importing.forget_files()
    document_import.forget_files()
