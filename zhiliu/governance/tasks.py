"""Votes are counted and reports made when their time has come."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, Every, periodic


@periodic(Every(minutes=10))
@task()
def count_votes_that_are_over() -> None:
    """Count."""
    from .proposing import count_due

    count_due()


@periodic(Daily(hour=7))
@task()
def make_reports() -> None:
    """Make the reports of periods that are over."""
    from .reporting import make_due

    make_due()
