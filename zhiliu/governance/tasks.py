"""Votes are counted and reports made when their time has come."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, Every, comes_round


@comes_round(Every(minutes=10))
@task()
def count_votes_that_are_over() -> None:
    """Count."""
    from .proposing import count_due

    count_due()


@comes_round(Daily(hour=7))
@task()
def make_reports() -> None:
    """Make the reports of periods that are over."""
    from .reporting import make_due

    make_due()
