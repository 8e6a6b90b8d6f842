"""Governance on other pages: goals beside objects, tabs, the link to the sponsor's desk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import Tab, side_sections, tabs
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature, Permission
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import ObjectCard, beside, cards_for
from zhiliu.kit.web.addresses import address

from .goals import SERVING
from .queries import goals_of, open_goals
from .rules import can_align, can_see_spending

tabs.register(
    Tab(
        "proposals",
        pgettext_lazy("tab", "Proposals"),
        lambda community: address("governance:proposals", community.slug),
        Feature.POLLS,
    ),
    key="proposals",
    weight=55,
)


@beside.register(key="governance.goals")
def goals_beside(kind: str, key: int, viewer: Person) -> dict[str, Any] | None:
    """Return the goals an object serves, with a form for moderators of its community."""
    if kind not in SERVING or viewer.is_guest:
        return None
    served = goals_of(kind, key)
    if not served and not _aligns_anything(viewer):
        # For most readers of most articles there is nothing to show, so the object is not loaded.
        return None
    card = cards_for([(kind, key)]).get((kind, key))
    return _panel(card, served, viewer) if card else None


@side_sections.register(key="governance.goals", weight=60)
def goals_of_community(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the same for a community, with the link to the sponsor's desk."""
    if viewer.is_guest:
        return None
    card = ObjectCard("community", community.pk, community.name, community.get_absolute_url())
    panel = _panel(card, goals_of("community", community.pk), viewer) or {"template": "governance/_beside.html"}
    panel["desk_url"] = address("governance:desk", community.slug) if can_see_spending(viewer, community) else ""
    return panel if panel.get("desk_url") or panel.get("goals") is not None else None


def _aligns_anything(viewer: Person) -> bool:
    mine = reach(viewer)
    return viewer.is_admin or any(mine.may(Permission.MODERATE, key) for key in mine.all_roles)


def _panel(card: ObjectCard, served: list[Any], viewer: Person) -> dict[str, Any] | None:
    may = can_align(viewer, card)
    if not served and not may:
        return None
    keys = {goal.pk for goal in served}
    others = [goal for goal in open_goals() if goal.pk not in keys] if may else []
    if not served and not others:
        return None
    return {"template": "governance/_beside.html", "card": card, "goals": served, "others": others, "may": may}
