"""Shared code of the moderation pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Permission
from zhiliu.communities.rules import may
from zhiliu.communities.views import community_or_404, frame
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden
from zhiliu.kit.web.addresses import address
from zhiliu.kit.web.http import Request

from ..reach import ids_with
from ..rules import can_moderate, can_set_policy


def place_or_404(request: Request, slug: str | None) -> Community | None:
    """Return the moderated community, or None for all of the reader's communities.

    Raises:
        Forbidden: does not moderate there.
    """
    if slug is None:
        require_moderator(request)
        return None
    community = community_or_404(request, slug)
    require(can_moderate, request.user, community)
    return community


def require_moderator(request: Request) -> None:
    """Raise :class:`Forbidden` for people who moderate nothing."""
    if not (request.user.is_admin or ids_with(Permission.MODERATE, request.user)):
        raise Forbidden(may(Permission.MODERATE).why_not(request.user, Community()))


def moderation_frame(request: Request, community: Community | None, part: str, **context: Any) -> dict[str, Any]:
    """Return the context of header, tabs and sections."""
    base = frame(request, community, "moderation", **context) if community else {"community": None, **context}
    frame_template = "communities/frame.html" if community else "moderation/frame.html"
    return base | {"parts": _parts(request, community, part), "part": part, "frame_template": frame_template}


def _parts(request: Request, community: Community | None, part: str) -> list[dict[str, Any]]:
    """Return label, address and current state of the pages."""
    names = [
        ("queue", pgettext("moderation", "Waiting")),
        ("decided", pgettext("moderation", "Decided")),
        ("sanctions", pgettext("moderation", "Sanctions")),
        ("detectors", pgettext("moderation", "Detectors")),
    ]
    if community and (
        can_set_policy(request.user, community) or reach(request.user).may(Permission.MODERATE, community.pk)
    ):
        names.append(("settings", pgettext("moderation", "Settings")))
    return [{"label": label, "url": _url(key, community), "current": key == part} for key, label in names]


def _url(key: str, community: Community | None) -> str:
    if community is not None:
        return address(f"moderation:{key}", community.slug)
    return address("moderation:everywhere" if key == "queue" else f"moderation:all_{key}")
