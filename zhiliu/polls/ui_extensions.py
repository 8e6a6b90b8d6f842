"""Polls on other pages: a tab of communities, and the open poll on their home page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import Tab, side_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.todos import CalendarEntry, calendar_sources
from zhiliu.kit.web.addresses import address

from .models import Poll
from .queries import shown
from .rules import can_vote

tabs.register(
    Tab("polls", pgettext_lazy("tab", "Polls"), lambda community: address("polls:list", community.slug), Feature.POLLS),
    key="polls",
    weight=50,
)


@side_sections.register(key="polls.open", weight=40)
def open_poll_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the section of the newest open poll."""
    if not community.has(Feature.POLLS):
        return None
    poll = (
        Poll.objects.of_community()
        .filter(community=community)
        .open()
        .select_related("community", "by")
        .order_by("-at")
        .first()
    )
    if poll is None:
        return None
    return {
        "template": "polls/side_section.html",
        "poll_row": shown([poll], viewer)[0],
        "poll": poll,
        "why_not": can_vote.why_not(viewer, poll),
    }


@calendar_sources.register(key="polls.closing")
def closing_polls(community: Community, first: dt.date, last: dt.date, viewer: Person) -> list[CalendarEntry]:
    """Return calendar entries of polls on their closing day."""
    begin, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (first, last + dt.timedelta(1)))
    rows = (
        Poll.objects.of_community()
        .visible_to(viewer)
        .filter(community=community, closes_at__gte=begin, closes_at__lt=end)
    )
    return [_entry(poll) for poll in rows.select_related("community")]


def _entry(poll: Poll) -> CalendarEntry:
    closes = timezone.localtime(poll.closes_at).date()
    return CalendarEntry(poll.question, poll.get_absolute_url(), "vote", closes, word=_("Poll closes"))
