"""Whether the reason of a notification still stands when it is about to be sent."""

from __future__ import annotations

from zhiliu.activity.consumers import entries_after
from zhiliu.kit.contracts.notification_types import NotificationType


def is_still_wanted(kind: NotificationType, position: int) -> bool:
    """Return whether a notification of the fact at ``position`` is to be sent."""
    entries = entries_after(position - 1, 1)
    fact = entries[0].fact if entries and entries[0].position == position else None
    return fact is None or kind.still_wanted(fact)
