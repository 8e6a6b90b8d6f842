"""Periodic tasks: ask around, and notify managers of waiting newcomers."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Every, periodic


@periodic(Every(minutes=10))
@task()
def ask_around_for_answers() -> None:
    """Ask the next colleague about questions that have waited long enough."""
    from .asking_experts import ask_around

    ask_around()


@periodic(Every(minutes=10))
@task()
def tell_waiting_newcomers() -> None:
    """Notify managers of newcomers who have waited 24 working hours; once per question."""
    from .unanswered import tell_of_waiting_newcomers

    tell_of_waiting_newcomers()
