"""Gatherings on other pages: tab and next gathering of communities, sharers of a topic, profiles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import Tab, home_acts, side_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_acts, profile_figures, profile_sections
from zhiliu.kit.contracts.todos import CalendarEntry, calendar_sources
from zhiliu.kit.web.addresses import address
from zhiliu.needs.models import Topic
from zhiliu.needs.ui_extensions import topic_sections

from . import (
    queries,
    week,  # noqa: F401  registers its section of the manager's week
    with_topic,  # noqa: F401  registers its part of the topic form
)
from .evening import ui_extensions as evening_panels  # noqa: F401  registers its banner
from .models import Format, Gathering
from .rules import can_nominate, can_offer, can_propose

tabs.register(
    Tab(
        "gatherings",
        pgettext_lazy("tab", "Gatherings"),
        lambda community: address("gatherings:community", community.slug),
        Feature.GATHERINGS,
    ),
    key="gatherings",
    weight=30,
)


@home_acts.register(key="gatherings.propose", weight=90)
def propose_act(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the button to propose a gathering, for the head of a community's home."""
    if not can_propose(viewer, community):
        return None
    url = f"{address('gatherings:new')}?community={community.slug}"
    return {"label": _("Propose a gathering"), "url": url, "icon": "calendar-plus"}


@side_sections.register(key="gatherings.next", weight=10)
def next_section(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the next gathering, or how to start one."""
    if not community.has(Feature.GATHERINGS):
        return None
    return {
        "template": "gatherings/side_section.html",
        "gathering": queries.next_of(community),
        "community": community,
        "may_propose": can_propose(viewer, community),
    }


@topic_sections.register(key="gatherings.topic", weight=10)
def topic_section(topic: Topic, viewer: Person) -> dict[str, Any] | None:
    """Return a topic's gatherings, offers and nominations, and how to arrange a gathering."""
    gatherings = Gathering.objects.visible_to(viewer).filter(topic=topic).exclude(state=Gathering.State.CANCELLED)
    offers = list(topic.offers.select_related("by__department").order_by("at"))
    naming = queries.naming_of(topic, viewer)
    for offer in offers:
        offer.named_by = naming.named_by(offer.by_id)  # type: ignore[attr-defined]
    offering = {offer.by_id for offer in offers}
    may_nominate = can_nominate(viewer, topic) and topic.state == Topic.State.OPEN
    shown = {*offering, *(nomination.person_id for nomination in naming.nominations)}
    return {
        "template": "gatherings/topic_section.html",
        "discovered": queries.discovered_for(topic, viewer, without=shown) if may_nominate else [],
        "naming": queries.ShownNomination(
            [nomination for nomination in naming.nominations if nomination.person_id not in offering], naming.asks
        ),
        "may_nominate": may_nominate,
        "topic": topic,
        "rows": queries.gathering_rows(queries.with_people(gatherings).order_by("-at")[:5], viewer),
        "offers": offers,
        "i_offer": any(offer.by_id == viewer.pk for offer in offers),
        "may_offer": can_offer(viewer, topic) and topic.state == Topic.State.OPEN,
        "may_propose": can_propose(viewer, topic.community) and topic.state == Topic.State.OPEN,
    }


@profile_sections.register(key="gatherings", weight=30)
def shared_section(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return the gatherings a person shared in."""
    shared = list(queries.shared_by(person, viewer)[:6])
    if not shared:
        return None
    return {"template": "gatherings/profile_section.html", "rows": queries.gathering_rows(shared, viewer)}


@profile_figures.register(key="gatherings", weight=20)
def shared_figure(person: Person, viewer: Person) -> tuple[int, Any]:
    """Return how often a person has shared, as far as the viewer may see it."""
    return queries.shared_by(person, viewer).count(), pgettext_lazy("figure of a profile", "talks given")


@profile_acts.register(key="gatherings.tea", weight=50)
def tea_act(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return the button to invite a colleague to tea."""
    if person.pk == viewer.pk or viewer.is_guest:
        return None
    url = f"{address('gatherings:tea')}?with={person.handle}"
    return {"label": _("Invite to tea"), "url": url, "icon": "coffee"}


@calendar_sources.register(key="gatherings")
def gatherings_of_days(community: Community, first: dt.date, last: dt.date, viewer: Person) -> list[CalendarEntry]:
    """Return scheduled gatherings, without tea chats."""
    begin, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (first, last + dt.timedelta(1)))
    rows = Gathering.objects.visible_to(viewer).filter(community=community, starts_at__gte=begin, starts_at__lt=end)
    shown = rows.exclude(state=Gathering.State.CANCELLED).exclude(format=Format.TEA_CHAT).order_by("starts_at")
    return [_entry(gathering) for gathering in shown]


def _entry(gathering: Gathering) -> CalendarEntry:
    starts = timezone.localtime(gathering.starts_at)
    return CalendarEntry(
        gathering.title, gathering.get_absolute_url(), "calendar", starts, word=gathering.get_format_display()
    )
