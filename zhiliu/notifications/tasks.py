"""What notifications do on a schedule."""

from __future__ import annotations

from django_tasks import task

from zhiliu.jobs.periodic import Daily, periodic

from .mailing import enqueue_digests
from .push.devices import forget_closed_devices


@periodic(Daily(hour=8))
@task()
def send_digests() -> None:
    """Write to everybody who wants a daily digest and has something in it."""
    enqueue_digests()


@periodic(Daily(hour=4))
@task()
def forget_devices() -> None:
    """Remove devices whose session ended."""
    forget_closed_devices()
