"""Insults: words of the organisation's list, found in folded text.

The list is compiled into one pattern, longest words first. Punctuation and blanks between Chinese characters are
removed, so that 傻 · 逼 is found; alphabetic words match whole words only.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.text.chinese_text import has_han, normalise

from . import STRONG, Detector, DetectorFinding, Submission, detectors

Listed = tuple[tuple[str, int], ...]
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])[\W_]+(?=[\u3400-\u9fff])")


def bare(text: str) -> str:
    """Return text folded, with nothing between Chinese characters."""
    return _BETWEEN.sub("", normalise(text)).strip()


@lru_cache(maxsize=4)
def pattern_of(listed: Listed) -> re.Pattern[str]:
    """Return one pattern for all words, longest first."""
    words = sorted((word for word, _weight in listed), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_one, words)))


def _one(word: str) -> str:
    escaped = re.escape(word)
    return escaped if has_han(word) else rf"(?<![a-z0-9]){escaped}(?![a-z0-9])"


def find(text: str, listed: Listed) -> dict[str, int]:
    """Return the listed words in a text, with their weight."""
    if not listed:
        return {}
    weights = dict(listed)
    return {word: weights[word] for word in pattern_of(listed).findall(bare(text))}


def listed_words() -> Listed:
    """Return the organisation's list; one small query if it is cached."""
    stamp = _stamp.rows()
    return _listed(*stamp[0]) if stamp else ()


def _number_and_last_change() -> Any:
    from zhiliu.moderation.models import Word

    rows = Word.objects.annotate(all=Value(1)).values("all").order_by()
    return rows.annotate(count=Count("pk"), changed=Max("changed_at")).values_list("count", "changed")


_stamp = CompiledQuery(_number_and_last_change)


@lru_cache(maxsize=1)
def _listed(count: int, changed: dt.datetime) -> Listed:
    """Return the list. The stamp of its last change is the cache key of each process."""
    from zhiliu.moderation.models import Word

    return tuple(Word.objects.order_by("folded").values_list("folded", "weight"))


def look(submission: Submission) -> DetectorFinding | None:
    """The heaviest word counts; two different ones are strong."""
    hits = find(submission.text, listed_words())
    if not hits:
        return None
    weight = STRONG if len(hits) > 1 else max(hits.values())
    return DetectorFinding("insults", weight, {"words": sorted(hits)})


def tell(details: dict[str, Any]) -> str:
    """Name the words."""
    return _("Words of the list: %(words)s") % {"words": _(", ").join(details.get("words", ()))}


detectors.register(
    Detector(
        "insults",
        pgettext_lazy("detector", "Insults"),
        gettext_lazy("Words of the organisation's list."),
        look,
        tell,
    ),
    key="insults",
    weight=40,
)
