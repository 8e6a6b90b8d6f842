"""Lookups and contexts the views share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from zhiliu.kit.errors import Elsewhere
from zhiliu.kit.system.db import CompiledQuery
from zhiliu.kit.web.http import Request

from .. import queries
from ..models import Community
from ..reach import reach
from ..rules import can_admit, can_edit_home, can_export, can_see, can_set_up

_by_slug = CompiledQuery(lambda slug: Community.objects.without_tree_fields().filter(slug=slug).order_by(), "")


def community_or_404(request: Request, slug: str) -> Community:
    """Return a community the person can see inside."""
    community = _by_slug.first(slug)
    if community is not None and community.merged_into_id:
        _send_on(request, community)
    # The rule instead of its query set: every page of a community calls this, and the reach is loaded already.
    if community is None or not can_see(request.user, community):
        raise Http404(slug)
    return community


def listed_or_404(request: Request, slug: str) -> Community:
    """Return a community the person may know of."""
    community = get_object_or_404(Community.objects.without_tree_fields().listed_for(request.user), slug=slug)
    if community.merged_into_id:
        _send_on(request, community)
    return community


def _send_on(request: Request, community: Community) -> None:
    """Redirect a merged community's address to the same page of its target."""
    target = Community.objects.without_tree_fields().get(pk=community.merged_into_id)
    path = request.path.replace(f"/communities/{community.slug}/", f"/communities/{target.slug}/", 1)
    query = request.META.get("QUERY_STRING", "")
    raise Elsewhere(f"{path}?{query}" if query else path)


def frame(request: Request, community: Community, tab: str, **context: Any) -> dict[str, Any]:
    """Return the context of every page of a community: head and tabs. Other apps build their pages on it too."""
    shown = [entry for entry in queries.tabs if _is_shown(entry, request, community)]
    return {
        "community": community,
        "tabs": [
            {
                "label": item.label,
                "url": item.url(community),
                "current": item.key == tab,
                "count": item.count(community, request.user) if item.count else 0,
            }
            for item in shown
        ],
        "is_member": reach(request.user).is_member(community),
        "may_set_up": can_set_up(request.user, community),
        "may_admit": can_admit(request.user, community),
        "may_export": can_export(request.user, community),
        "may_edit_home": can_edit_home(request.user, community),
        **context,
    }


def _is_shown(tab: queries.Tab, request: Request, community: Community) -> bool:
    """Return whether the community has the feature and the viewer sees the tab."""
    is_on = not tab.feature or community.has(tab.feature)
    return is_on and (tab.shown is None or tab.shown(community, request.user))
