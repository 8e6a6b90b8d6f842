"""Searches without result show missing knowledge."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.text.chinese_text import normalise

from .models import Gap, GapSearch


def note_gap(text: str, *, by: Person) -> None:
    """Count a search without result, once per person and day."""
    words = " ".join(normalise(text).split())[:120]
    if len(words) < 2:
        return
    with transaction.atomic():
        gap, _new = Gap.objects.get_or_create(words=words)
        _search, is_new = GapSearch.objects.get_or_create(gap=gap, person=by, day=timezone.localdate())
        if is_new:
            Gap.objects.filter(pk=gap.pk).update(count=F("count") + 1, last_at=timezone.now())
