"""Announcements and their receipts."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render

from .facts import Announced, AnnouncementReminded
from .models import Announcement, Community, Receipt
from .rules import can_edit_home


def announce_to(community: Community, *, title: str, body: str, by: Person, starting: bool = False) -> Announcement:
    """Publish an announcement in a community; the newest one is pinned."""
    if not starting:
        require(can_edit_home, by, community)
    with transaction.atomic():
        community.announcements.filter(is_pinned=True).update(is_pinned=False)
        announcement = Announcement.objects.create(
            community=community, title=title, body=body, html=render(body).html, by=by
        )
        announce(Announced(announcement_id=announcement.pk, community_id=community.pk, by_id=by.pk))
    return announcement


def mark_announcement_read(announcement: Announcement, *, by: Person) -> Receipt:
    """Record that a person has read an announcement. Idempotent."""
    receipt, _is_new = Receipt.objects.get_or_create(announcement=announcement, person=by)
    return receipt


def remind_unread(announcement: Announcement, *, by: Person) -> None:
    """Remind members who have not read it, at most once a day.

    Raises:
        Refused: reminded within the last day.
    """
    require(can_edit_home, by, announcement.community)
    now = timezone.now()
    with transaction.atomic():
        due = Announcement.objects.filter(pk=announcement.pk).exclude(reminded_at__gt=now - dt.timedelta(days=1))
        if not due.update(reminded_at=now):
            raise Refused(_("A reminder was already sent in the last day."))
        announce(
            AnnouncementReminded(announcement_id=announcement.pk, community_id=announcement.community_id, by_id=by.pk)
        )
