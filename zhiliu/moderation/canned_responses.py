"""Ready words for authors: a community's own, the organisation's, or those we suggest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from zhiliu.communities.models import Community

from .models import Report, Template


@dataclass(frozen=True)
class CannedResponse:
    """Words for the author under a title; ``fits`` is the reason they are offered for by themselves, '' for none."""

    title: str
    text: str
    fits: str = ""


def canned_responses(community: Community | None) -> list[CannedResponse]:
    """What can be said to authors in a community: its own words, the organisation's, else what we suggest."""
    rows = Template.objects.filter(community=None) | Template.objects.filter(community=community)
    rows = rows.order_by(F("community").asc(nulls_last=True), "place", "pk")
    return [CannedResponse(row.title, row.text, row.fits) for row in rows] or suggested_responses()


def suggested_responses() -> list[CannedResponse]:
    """Words to begin with, in the reader's language."""
    reason = Report.Reason
    suggested = (
        (
            _("Advertising"),
            _("Ads don’t belong here. If colleagues ask, answer them directly."),
            reason.ADVERT,
        ),
        (
            _("Tone"),
            _("Please write about the issue, not the person. You’re welcome to post it again."),
            reason.INSULT,
        ),
        (
            _("Confidential"),
            _("This mentions something confidential. Remove it and post again."),
            reason.LEAK,
        ),
        (
            _("Wrong place"),
            _("This fits better elsewhere. Find the right channel and post it there."),
            "",
        ),
    )
    return [CannedResponse(title, text, fits) for title, text, fits in suggested]


def fitting_responses(ready: Sequence[CannedResponse], reasons: Iterable[str]) -> str:
    """The words that are offered by themselves for the first of the reasons that has some; '' for none."""
    by_reason = {
        canned_response.fits: canned_response.text for canned_response in reversed(ready) if canned_response.fits
    }
    return next((by_reason[reason] for reason in reasons if reason in by_reason), "")
