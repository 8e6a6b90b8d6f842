"""Mail is sent outside the request, again when the server did not take it."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic


@task()
def send_mail_for(delivery_id: int) -> None:
    """Send one mail. Raises when the server does not take it; the job is then tried again."""
    from .mailing import send_mails

    send_mails(delivery_id)


@periodic(Daily(hour=8))
@task()
def send_digests() -> None:
    """Write to everybody who wants a daily digest and has something in it."""
    from .mailing import enqueue_digests

    enqueue_digests()
