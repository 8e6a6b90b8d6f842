"""Synonyms an administrator keeps: a search for one of the words finds the others, too."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .analysis import folded, pattern_of
from .facts import SynonymsChanged
from .models import Synonym, SynonymGroup, SynonymSuggestion
from .rules import keeps_synonyms

_SEPARATORS = re.compile(r"[,，、;；\n]")
LONGEST, MOST = 30, 12


def words_of_line(text: str) -> list[str]:
    """Return the words of a line, separated by commas or semicolons, each once."""
    words = (" ".join(word.split()) for word in _SEPARATORS.split(text))
    return list({folded(word): word for word in words if word}.values())


def add_synonyms(text: str, *, by: Person) -> SynonymGroup:
    """Keep words as synonyms. Words that are in a group already bring that group along: the groups become one.

    Raises:
        Forbidden: no administrator. Refused: fewer than two words, too many, or too long.
    """
    require(keeps_synonyms, by)
    words = words_of_line(text)
    if len(words) < 2:
        raise Refused(_("Enter two words or more."), field="words")
    try:
        return _keep_together(words, by)
    except IntegrityError:
        # Race: somebody kept one of the words a moment before; now it is there and brings its group along.
        return _keep_together(words, by)


def _keep_together(words: list[str], by: Person) -> SynonymGroup:
    with transaction.atomic():
        known = list(Synonym.objects.select_for_update().filter(key__in=[folded(word) for word in words]))
        group = known[0].group if known else SynonymGroup.objects.create(by=by)
        merged = Synonym.objects.filter(group__in={row.group_id for row in known})
        together = {row.key: row.word for row in merged} | {folded(word): word for word in words}
        if len(together) > MOST or any(len(word) > LONGEST for word in together.values()):
            raise Refused(_("At most 12 words with 30 characters each."), field="words")
        SynonymGroup.objects.filter(pk__in={row.group_id for row in known} - {group.pk}).delete()
        Synonym.objects.filter(group=group).delete()
        Synonym.objects.bulk_create(Synonym(group=group, word=word, key=key) for key, word in together.items())
        announce(SynonymsChanged(words="、".join(together.values()), act="added", by_id=by.pk))
    return group


def remove_synonyms(group: SynonymGroup, *, by: Person) -> None:
    """Remove a group. Idempotent.

    Raises:
        Forbidden: no administrator.
    """
    require(keeps_synonyms, by)
    with transaction.atomic():
        words = "、".join(group.synonyms.order_by("pk").values_list("word", flat=True))
        deleted, _each = SynonymGroup.objects.filter(pk=group.pk).delete()
        if deleted:
            announce(SynonymsChanged(words=words, act="removed", by_id=by.pk))


def dismiss_suggestion(suggestion: SynonymSuggestion, *, by: Person) -> None:
    """Never suggest these words again. Idempotent.

    Raises:
        Forbidden: no administrator.
    """
    require(keeps_synonyms, by)
    SynonymSuggestion.objects.filter(pk=suggestion.pk).update(is_dismissed=True)


def synonyms_in(text: str) -> dict[str, tuple[str, ...]]:
    """Return the synonyms of every kept word that occurs in folded text, by that word; one query."""
    groups: dict[int, list[str]] = {}
    for group_id, key in Synonym.objects.order_by("pk").values_list("group_id", "key"):
        groups.setdefault(group_id, []).append(key)
    return {
        key: tuple(other for other in keys if other != key)
        for keys in groups.values()
        for key in keys
        if re.search(pattern_of(key), text)
    }
