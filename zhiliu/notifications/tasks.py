"""Mail is sent outside the request, and retried when the server rejects it."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic


@task()
def send_mail_for(delivery_id: int) -> None:
    """Send one mail. Raises if the server rejects it; the job is then retried."""
    from .mailing import send_mails

    send_mails(delivery_id)


@periodic(Daily(hour=8))
@task()
def send_digests() -> None:
    """Send the daily digest to everybody who wants one and has something in it."""
    from .mailing import enqueue_digests

    enqueue_digests()
