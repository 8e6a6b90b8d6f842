"""Record in the audit that a list of people left the product as a file."""

from __future__ import annotations

from django.db import transaction

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce

from .facts import ListExported
from .models import Person


def note_export(name: str, *, by: Person, community_id: int | None = None) -> None:
    """Record who exported which list. The caller has checked permissions.

    Args:
        name: what the list is, in words, with the name of what it belongs to.
    """
    with transaction.atomic():
        announce(ListExported(community_id=community_id, by_id=by.pk), change=Change(name))
