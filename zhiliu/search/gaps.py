"""Searches without result show missing knowledge, and, followed by one with a result, missing synonyms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhiliu.directory.models import Person

from .analysis import folded
from .models import Gap, GapSearch, Synonym, SynonymSuggestion

# Whoever searches again within this time is taken to look for the same.
AGAIN = dt.timedelta(minutes=5)
LONGEST_SUGGESTION = 12


def note_search(text: str, *, found: bool, by: Person) -> None:
    """Count a search without result; after one, note the words that did find something."""
    words = " ".join(folded(text).split())[:120]
    if len(words) < 2:
        return
    if found:
        _note_other_words(words, by)
    else:
        _note_gap(words, by)


def _note_gap(words: str, by: Person) -> None:
    """Once per person and day."""
    with transaction.atomic():
        gap, _new = Gap.objects.get_or_create(words=words)
        _search, is_new = GapSearch.objects.get_or_create(gap=gap, person=by, day=timezone.localdate())
        if is_new:
            Gap.objects.filter(pk=gap.pk).update(count=F("count") + 1, last_at=timezone.now())


def _note_other_words(words: str, by: Person) -> None:
    """The counted pair says nothing about who searched."""
    vain = (
        GapSearch.objects.filter(person=by, at__gte=timezone.now() - AGAIN, is_followed=False)
        .select_related("gap")
        .last()
    )
    if vain is None:
        return
    before = vain.gap.words
    with transaction.atomic():
        # Race: only the first of two searches after the one in vain counts.
        if not GapSearch.objects.filter(pk=vain.pk, is_followed=False).update(is_followed=True):
            return
        if max(len(before), len(words)) > LONGEST_SUGGESTION or before == words or _are_synonyms(before, words):
            return
        row, _new = SynonymSuggestion.objects.get_or_create(before=before, after=words)
        SynonymSuggestion.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _are_synonyms(word: str, other: str) -> bool:
    groups = Synonym.objects.filter(key=other).values("group")
    return Synonym.objects.filter(key=word, group__in=groups).exists()
