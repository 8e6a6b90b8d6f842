"""Articles whose review date has come are told to their owners."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic


@periodic(Daily(hour=8))
@task()
def tell_reviews() -> None:
    """Once a day; each date of an article is told once, however often this runs."""
    from .publishing import tell_due_reviews

    tell_due_reviews()
