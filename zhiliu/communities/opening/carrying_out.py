"""Carry out openings at their time, and send their prepared announcements."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from ..admission.ruling import evaluate
from ..announcing import announce_to
from ..facts import CommunityOpened
from ..models import Community, Opening, PreparedAnnouncement
from ..rules import can_set_up


def open_now(opening: Opening, *, by: Person) -> None:
    """Open a community before its time. Idempotent."""
    require(can_set_up, by, opening.parent)
    _open(opening, by=by)


def open_due() -> int:
    """Open due communities and send due announcements. The job process calls it every few minutes.

    Returns:
        How many were opened.
    """
    openings = Opening.objects.filter(opened_at=None, opens_at__lte=timezone.now())
    opened = sum(_open(opening, by=None) for opening in openings.select_related("community", "parent"))
    send_due()
    return opened


def _open(opening: Opening, *, by: Person | None) -> bool:
    with transaction.atomic():
        # The filter settles the race of the job and someone who presses the button.
        if not Opening.objects.filter(pk=opening.pk, opened_at=None).update(opened_at=timezone.now()):
            return False
        # Only from incubating: a community already open, or archived in the meantime, stays as it is.
        waiting = Community.objects.filter(pk=opening.community_id, phase=Community.Phase.INCUBATING)
        if waiting.update(phase=Community.Phase.ACTIVE):
            announce(CommunityOpened(community_id=opening.community_id, by_id=by.pk if by else None))
            opening.community.refresh_from_db()
            evaluate(opening.community)
    opening.refresh_from_db()
    for prepared in opening.announcements.select_related("opening__community", "opening__parent", "opening__by"):
        _send(prepared)
    return True


def send_due() -> int:
    """Send every due announcement.

    Returns:
        How many were sent.
    """
    waiting = PreparedAnnouncement.objects.filter(sent_at=None).exclude(days__lt=0, opening__opened_at__isnull=False)
    rows = waiting.select_related("opening__community", "opening__parent", "opening__by")
    return sum(_send(prepared) for prepared in rows)


def _send(prepared: PreparedAnnouncement) -> bool:
    opening = prepared.opening
    if not prepared.is_due() or opening.by is None or opening.community.phase == Community.Phase.ARCHIVED:
        return False
    above = prepared.audience == PreparedAnnouncement.Audience.ABOVE
    with transaction.atomic():
        # The filter keeps two runs of the job from sending it twice.
        if not PreparedAnnouncement.objects.filter(pk=prepared.pk, sent_at=None).update(sent_at=timezone.now()):
            return False
        community = opening.parent if above else opening.community
        title, body = prepared.filled(prepared.title)[:80], prepared.filled(prepared.body)
        announce_to(community, title=title, body=body, by=opening.by, starting=True)
    return True
