"""The lock on who belongs below whom."""

from __future__ import annotations

from ..models import Organisation


def hold_structure() -> None:
    """Let one transaction at a time change the trees of departments and managers.

    Two moves that are fine each could make a circle together; the second waits at the organisation's row and then
    sees the first. (SQLite has one writer anyway.)
    """
    list(Organisation.objects.select_for_update().filter(pk=1).values_list("pk", flat=True))
