"""Canned responses to authors: a community's own, the organisation's, or suggested ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from zhiliu.communities.models import Community

from .models import CannedResponse, Report


def canned_responses(community: Community | None) -> list[CannedResponse]:
    """Return the canned responses in a community: its own and the organisation's, else suggested ones."""
    rows = CannedResponse.objects.filter(community=None) | CannedResponse.objects.filter(community=community)
    rows = rows.order_by(F("community").asc(nulls_last=True), "place", "pk")
    return list(rows) or suggested_responses()


def suggested_responses() -> list[CannedResponse]:
    """Return unsaved suggestions in the reader's language."""
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
    return [CannedResponse(title=title, text=text, fits=fits) for title, text, fits in suggested]


def fitting_responses(responses: Sequence[CannedResponse], reasons: Iterable[str]) -> str:
    """Return the text suggested for the first of the reasons that has one; '' for none."""
    by_reason = {response.fits: response.text for response in reversed(responses) if response.fits}
    return next((by_reason[reason] for reason in reasons if reason in by_reason), "")
