"""Flooding: so many messages at once that others cannot follow."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from . import STRONG, WEAK, Detector, DetectorFinding, Submission, detectors

MANY, FAR_TOO_MANY = 15, 30


def look(submission: Submission) -> DetectorFinding | None:
    """Find more messages in a minute than a person in a conversation types."""
    if submission.is_edit:
        return None
    count = 1 + submission.minute
    if count <= MANY:
        return None
    return DetectorFinding("flooding", STRONG if count > FAR_TOO_MANY else WEAK, {"count": count})


def tell(details: dict[str, Any]) -> str:
    """Name the count."""
    count = details.get("count", 0)
    return ngettext("%(count)s message within a minute", "%(count)s messages within a minute", count) % {"count": count}


detectors.register(
    Detector(
        "flooding",
        pgettext_lazy("detector", "Flooding"),
        gettext_lazy("Many messages from one person within a minute."),
        look,
        tell,
    ),
    key="flooding",
    weight=20,
)
