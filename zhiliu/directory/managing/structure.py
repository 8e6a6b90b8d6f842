"""The lock on the hierarchies of departments and managers."""

from __future__ import annotations

from ..models import Organisation


def hold_structure() -> None:
    """Lock the hierarchies of departments and managers for this transaction.

    Race: two moves that are fine each could create a cycle together; the second waits for the lock on the
    organisation's row and then sees the first. (SQLite has one writer anyway.)
    """
    list(Organisation.objects.select_for_update().filter(pk=1).values_list("pk", flat=True))
