"""The daily task that notifies owners of due reviews."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic


@periodic(Daily(hour=8))
@task()
def tell_reviews() -> None:
    """Announce due reviews once a day. Idempotent per review date."""
    from .publishing import tell_due_reviews

    tell_due_reviews()
