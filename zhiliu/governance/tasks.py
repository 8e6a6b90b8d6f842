"""Periodic tasks: count votes and make reports."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, Every, periodic


@periodic(Every(minutes=10))
@task()
def count_votes_that_are_over() -> None:
    """Count the votes of proposals that are over."""
    from .proposing import count_due

    count_due()


@periodic(Daily(hour=7))
@task()
def make_reports() -> None:
    """Make the reports of completed periods."""
    from .reporting import make_due

    make_due()
