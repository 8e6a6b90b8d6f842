"""A forgotten password is looked into outside the request, so that its answer takes as long for unknown names."""

from __future__ import annotations

from django_tasks import task


@task()
def find_forgetful(name: str) -> None:
    """Make the link for whoever is meant, if anybody."""
    from .entrance import send_forgotten

    send_forgotten(name)
