"""A forgotten password is handled outside the request, so that the response takes as long for unknown names."""

from __future__ import annotations

from django_tasks import task

from zhiliu.kit.contracts.periodic import Daily, Every, periodic


@task()
def find_forgetful(name: str) -> None:
    """Create the link if the person exists."""
    from .login_links import send_forgotten

    send_forgotten(name)


@periodic(Every(minutes=60))
@task()
def check_address() -> None:
    """Request the public address of the installation, and store whether it led here."""
    from .reaching import note_address

    note_address()


@periodic(Daily(hour=4))
@task()
def delete_removed_photos() -> None:
    """Delete photos that were removed, or whose people left."""
    from .photos import delete_removed

    delete_removed()
