"""Announcements and their receipts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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


@dataclass(frozen=True)
class StarterDraft:
    """The announcement a template offers, in the reader's language, until it is published or discarded."""

    title: str
    body: str


def starter_draft(community: Community, person: Person) -> StarterDraft | None:
    """Return the draft a new community's template offers to those who may announce there."""
    if not community.offers_starter or not can_edit_home(person, community):
        return None
    title, body = community.template.starter
    return StarterDraft(str(title), str(body))


def publish_starter(community: Community, *, title: str, body: str, by: Person) -> Announcement:
    """Publish the draft of the template, as it is or edited. Two clicks publish it once.

    Raises:
        Refused: it was published or discarded already.
    """
    require(can_edit_home, by, community)
    with transaction.atomic():
        _take_starter(community)
        return announce_to(community, title=title, body=body, by=by)


def discard_starter(community: Community, *, by: Person) -> None:
    """Discard the draft of the template.

    Raises:
        Refused: it was published or discarded already.
    """
    require(can_edit_home, by, community)
    _take_starter(community)


def _take_starter(community: Community) -> None:
    # The filtered update settles the race of two managers.
    if not Community.objects.filter(pk=community.pk, offers_starter=True).update(offers_starter=False):
        raise Refused(_("This draft was already published or discarded."))
    community.offers_starter = False


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
