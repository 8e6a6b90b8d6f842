"""Propose gatherings and tea chats, and offer to share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.natural_dates import later
from zhiliu.lineage.linking import link, note_reached
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import set_state

from .evening.preparing import arrange
from .facts import Changed, GatheringProposed, OfferMade
from .inviting import invite_sharer
from .models import Format, Gathering, Offer, Seat
from .registration import fill_free_seats
from .rules import can_host, can_offer, can_propose
from .scheduling import change_entry, fix_time

# Editable fields that are part of the calendar entry.
IN_CALENDARS = ("title", "take_home", "online_url", "host")


def propose(
    community: Community,
    *,
    title: str,
    by: Person,
    format: str = Format.ONE_PROBLEM_TALK,
    topic: Topic | None = None,
    sharer: Person | None = None,
    **fields: Any,
) -> Gathering:
    """Propose a gathering, hosted by ``by``. ``fix_time`` gives it a time.

    Args:
        topic: what it is about; the topic becomes planned.
        sharer: ``by``, or someone who offered. Others are invited.
        fields: for_whom, take_home, place, online_url, seats, named_feedback.

    Raises:
        Forbidden: not a member, or gatherings are off. Refused: the topic is of another community, or a sharer who did
        not offer.
    """
    require(can_propose, by, community)
    if topic is not None and topic.community_id != community.pk:
        raise Refused(_("This topic belongs to another community."), field="topic")
    offered = Offer.objects.filter(topic=topic, by=sharer).first() if topic and sharer else None
    if sharer is not None and sharer.pk != by.pk and offered is None:
        raise Refused(_("Invite the speaker. They decide themselves."), field="sharer")
    with transaction.atomic():
        gathering = Gathering.objects.create(
            community=community, title=title, format=format, topic=topic, sharer=sharer, host=by, by=by, **fields
        )
        note_reached(("gathering", gathering.pk), 2)
        if format == Format.EVENING:
            arrange(gathering, by=by)
        if topic is not None:
            link(("topic", topic.pk), ("gathering", gathering.pk), by_id=by.pk)
            set_state(topic, Topic.State.PLANNED, by_id=by.pk)
        if offered is not None:
            Offer.objects.filter(pk=offered.pk).update(gathering=gathering)
        announce(GatheringProposed(gathering_id=gathering.pk, community_id=community.pk, by_id=by.pk))
    return gathering


def propose_tea_chat(
    community: Community,
    *,
    other: Person,
    starts_at: dt.datetime,
    by: Person,
    minutes: int = 30,
    place: str = "",
    title: str = "",
) -> Gathering:
    """Invite someone to tea: who, when, where. They answer yes, no, or with another time.

    Raises:
        Refused: oneself, someone out of reach, or a time that has passed.
    """
    if other.pk == by.pk:
        raise Refused(_("It takes two. Choose a colleague."), field="other")
    if not can_see_person(by, other):
        raise Refused(_("This person can’t be found."), field="other")
    title = title or _("Tea chat: %(one)s and %(other)s") % {"one": by.name, "other": other.name}
    with transaction.atomic():
        gathering = propose(community, title=title[:80], format=Format.TEA_CHAT, by=by, seats=2)
        Seat.objects.create(gathering=gathering, person=by)
        Gathering.objects.filter(pk=gathering.pk).update(taken=1)
        ends_at = later(starts_at, dt.timedelta(minutes=minutes))
        fix_time(gathering, starts_at=starts_at, ends_at=ends_at, place=place, by=by)
        invite_sharer(gathering, other, by=by)
    gathering.refresh_from_db()
    return gathering


def change_details(gathering: Gathering, *, by: Person, version: int, **fields: Any) -> Gathering:
    """Change texts, host or number of seats. More seats go to the waiting list at once.

    Args:
        version: of the gathering the person was looking at.
        fields: title, for_whom, take_home, online_url, seats, named_feedback, host.

    Raises:
        Refused: it is over, or someone changed it meanwhile.
    """
    require(can_host, by, gathering)
    if not gathering.is_ahead:
        raise Refused(_("This gathering is over. Its details can’t be changed."))
    with transaction.atomic():
        if not Gathering.objects.filter(pk=gathering.pk, version=version).update(version=F("version") + 1, **fields):
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        entry = any(name in fields and fields[name] != getattr(gathering, name) for name in IN_CALENDARS)
        if entry:
            change_entry(gathering)
        fill_free_seats(Gathering.objects.select_for_update().get(pk=gathering.pk))
        announce(Changed(gathering_id=gathering.pk, entry=entry, community_id=gathering.community_id, by_id=by.pk))
    gathering.refresh_from_db()
    return gathering


def offer_to_share(topic: Topic, *, by: Person, word: str = "") -> Offer:
    """Offer to share about a topic. Repeating the offer changes its message.

    Raises:
        Forbidden: not a member of its community. Refused: the topic was dropped.
    """
    require(can_offer, by, topic)
    if topic.state == Topic.State.DROPPED:
        raise Refused(_("This topic was dropped."))
    with transaction.atomic():
        return offer(topic, by=by, word=word)


def offer(topic: Topic, *, by: Person, word: str = "") -> Offer:
    """Store an offer. Called inside a transaction by a verb that checked permissions."""
    row, is_new = Offer.objects.update_or_create(topic=topic, by=by, defaults={"word": word})
    if is_new:
        announce(OfferMade(topic_id=topic.pk, offer_id=row.pk, community_id=topic.community_id, by_id=by.pk))
    return row


def withdraw_offer(topic: Topic, *, by: Person) -> None:
    """Delete one's own offer, unless it led to a gathering. Idempotent."""
    Offer.objects.filter(topic=topic, by=by, gathering=None).delete()
