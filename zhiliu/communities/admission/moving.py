"""Record who joined and left by a rule."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from zhiliu.kit.system.db import insert_rows

from ..models import AdmissionChange, Community


def note_moves(community: Community, keys: Sequence[int], direction: str) -> None:
    """Record that people joined the community by its rule, or left it."""
    now = timezone.now()
    columns = ("community", "person", "direction", "at")
    insert_rows(AdmissionChange, columns, [(community.pk, key, direction, now) for key in keys])
