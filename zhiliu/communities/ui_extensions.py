"""What communities show on other pages: tabs, and a section of the profile page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.directory.queries import profile_sections
from zhiliu.kit.web.addresses import address

from . import (
    calendar_grid,  # noqa: F401 - its occasions stand in the calendar
    week_sections,  # noqa: F401 - registers sections of the week
)
from .models import Community
from .queries import Tab, tabs

tabs.register(
    Tab("home", pgettext_lazy("tab", "Home"), lambda community: community.get_absolute_url()), key="home", weight=0
)
tabs.register(
    Tab(
        "calendar", pgettext_lazy("tab", "Calendar"), lambda community: address("communities:calendar", community.slug)
    ),
    key="calendar",
    weight=70,
)
tabs.register(
    Tab("members", pgettext_lazy("tab", "Members"), lambda community: address("communities:members", community.slug)),
    key="members",
    weight=90,
)


@profile_sections.register(key="communities", weight=80)
def communities_of(person: Person, viewer: Person) -> dict[str, Any] | None:
    """Return a person's communities that the viewer may know of."""
    mine = person.memberships.values("community_id")
    shown = Community.objects.without_tree_fields().listed_for(viewer).filter(pk__in=mine)
    if viewer.pk != person.pk:
        # Outsiders do not learn who belongs to a closed community.
        shown = shown.visible_to(viewer)
    shown = list(shown[:20])
    return {"template": "communities/profile_section.html", "communities": shown, "side": True} if shown else None
