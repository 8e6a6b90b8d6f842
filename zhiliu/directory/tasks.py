"""A forgotten password is looked into outside the request, so that its answer takes as long for unknown names."""

from __future__ import annotations

from django_tasks import task

from zhiliu.kit.contracts.periodic import Every, periodic


@task()
def find_forgetful(name: str) -> None:
    """Make the link for whoever is meant, if anybody."""
    from .login_links import send_forgotten

    send_forgotten(name)


@periodic(Every(minutes=60))
@task()
def check_address() -> None:
    """Open the address people reach the installation at, and keep whether it led here."""
    from .reaching import note_address

    note_address()
