"""Change the phase of a community: activate, make dormant, archive, revive."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import change, picture
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..counting import lock_community
from ..facts import CommunityChanged, PhaseChanged
from ..models import Community, Opening, PhaseChange
from ..rules import can_archive

Phase = Community.Phase
# Allowed transitions.
NEXT: dict[str, tuple[str, ...]] = {
    Phase.INCUBATING: (Phase.ACTIVE, Phase.ARCHIVED),
    Phase.ACTIVE: (Phase.DORMANT, Phase.ARCHIVED),
    Phase.DORMANT: (Phase.ACTIVE, Phase.ARCHIVED),
    Phase.ARCHIVED: (Phase.ACTIVE,),
}


def change_phase(community: Community, after: str, *, by: Person, why: str = "") -> PhaseChange | None:
    """Move a community to another phase. Idempotent.

    Args:
        why: one line for the members.

    Returns:
        The change, or None if there was none.

    Raises:
        Refused: the transition is not allowed, the community was merged, or an opening plan will open it.
    """
    require(can_archive, by, community)
    with transaction.atomic():
        current = lock_community(community)
        if current.phase == after:
            return None
        if current.merged_into_id or after not in NEXT[current.phase]:
            raise Refused(_("This isn’t possible in the community’s current phase."))
        if current.phase == Phase.INCUBATING and Opening.objects.filter(community=current, opened_at=None).exists():
            raise Refused(_("It is part of an opening plan. Open it there, so that its announcements are sent."))
        phase_change = set_phase(current, after, by=by, why=why)
    community.refresh_from_db()
    return phase_change


def set_phase(community: Community, after: str, *, by: Person | None, why: str = "") -> PhaseChange:
    """Store the phase, inside the caller's transaction and after its checks."""
    was, before = picture(Community, community.pk), community.phase
    Community.objects.filter(pk=community.pk).update(phase=after, version=F("version") + 1)
    community.phase = after
    phase_change = PhaseChange.objects.create(community=community, before=before, after=after, why=why, by=by)
    by_id = by.pk if by else None
    announce(
        PhaseChanged(before=before, after=after, community_id=community.pk, by_id=by_id),
        change=change(was, picture(Community, community.pk)),
    )
    announce(CommunityChanged(community_id=community.pk, by_id=by_id))
    return phase_change
