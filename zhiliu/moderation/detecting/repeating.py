"""Repeating: nearly the same text in several places, or one that was recently rejected.

Texts are compared by the three-character shingles they share (w-shingling; Broder, "On the resemblance and containment
of documents", 1997: resemblance = |A ∩ B| / |A ∪ B|). The few candidates are compared exactly, so no sketch (MinHash)
is needed.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.text.chinese_text import normalise

from . import STRONG, WEAK, Detector, DetectorFinding, Submission, detectors

ALIKE = 0.7
SHORTEST = 12
COMPARED = 1000
REFUSED_LATELY = dt.timedelta(days=7)
MOST_REFUSED = 40
_NOTHING = re.compile(r"[\W_]+")


@lru_cache(maxsize=1024)
def shingles(text: str) -> frozenset[str]:
    """Return the three-character shingles, without blanks and punctuation; an empty set for texts too short to
    compare.
    """
    bare = _NOTHING.sub("", normalise(text[:COMPARED]))
    if len(bare) < SHORTEST:
        return frozenset()
    return frozenset(bare[place : place + 3] for place in range(len(bare) - 2))


def resemblance(item: str, other: str) -> float:
    """Return how similar two texts are, 0 to 1."""
    first, second = shingles(item), shingles(other)
    if not first or not second:
        return 0.0
    return len(first & second) / len(first | second)


def look(submission: Submission) -> DetectorFinding | None:
    """One other place is a reason; two, or a rejected text, a strong one."""
    if not shingles(submission.text):
        return None
    places = {
        recent_post.place
        for recent_post in submission.elsewhere
        if resemblance(submission.text, recent_post.text) >= ALIKE
    }
    if any(resemblance(submission.text, text) >= ALIKE for text in _refused_lately(submission)):
        return DetectorFinding("repeating", STRONG, {"places": len(places) + 1, "refused": True})
    if not places:
        return None
    return DetectorFinding("repeating", STRONG if len(places) >= 2 else WEAK, {"places": len(places) + 1})


def _refused_lately(submission: Submission) -> list[str]:
    """Return texts that moderators rejected recently, by any author."""
    since = submission.now - REFUSED_LATELY
    return [str(text) for at, text in _refused.rows() if at > since]


def _last_refused() -> Any:
    from zhiliu.moderation.models import HeldPost

    rows = HeldPost.objects.filter(state=HeldPost.State.REFUSED).order_by("-at")
    return rows.values_list("at", "payload__text")[:MOST_REFUSED]


_refused = CompiledQuery(_last_refused)


def tell(details: dict[str, Any]) -> str:
    """Name the number of places, or that it was rejected."""
    if details.get("refused"):
        return _("Nearly the same text was hidden recently")
    count = details.get("places", 0)
    return ngettext("Nearly the same text in %(count)s place", "Nearly the same text in %(count)s places", count) % {
        "count": count
    }


detectors.register(
    Detector(
        "repeating",
        pgettext_lazy("detector", "Repeating"),
        gettext_lazy("Nearly the same text in several channels, or something recently hidden."),
        look,
        tell,
    ),
    key="repeating",
    weight=30,
)
