"""Shared recipients and base class of gathering notifications."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from zhiliu.kit.contracts.notification_types import NotificationType

from ..models import (
    AudienceInvitation,
    CheckIn,
    Gathering,
    Seat,
)


def leaders_of(gathering_id: int) -> set[int]:
    """Return sharer and host."""
    row = Gathering.objects.filter(pk=gathering_id).values_list("sharer_id", "host_id").first() or ()
    return {key for key in row if key}


def coming_to(gathering_id: int) -> set[int]:
    """Return sharer, host and everybody with a seat or on the waiting list."""
    seats = Seat.objects.filter(gathering_id=gathering_id).values_list("person_id", flat=True)
    return leaders_of(gathering_id) | set(seats)


def ids_of_invited(gathering_id: int) -> set[int]:
    """Return who was invited to attend: a notification of their own addresses them."""
    rows = AudienceInvitation.objects.filter(gathering_id=gathering_id)
    return set(rows.values_list("person_id", flat=True))


def who_may_come_to(gathering_id: int) -> set[int]:
    """Return who was invited to attend, has no seat and has not said no."""
    rows = AudienceInvitation.objects.standing().filter(gathering_id=gathering_id)
    return set(rows.values_list("person_id", flat=True))


def attendees_of(gathering_id: int) -> set[int]:
    """Return who checked in, or had a seat if nobody did, without the sharer."""
    attendees = set(CheckIn.objects.filter(gathering_id=gathering_id).values_list("person_id", flat=True))
    if not attendees:
        seats = Seat.objects.filter(gathering_id=gathering_id, waiting=False)
        attendees = set(seats.values_list("person_id", flat=True))
    sharer = Gathering.objects.filter(pk=gathering_id).values_list("sharer_id", flat=True).first()
    return attendees - {sharer}


def what_was_said(text: Any, row: Any) -> Any:
    return text % {"who": row.who or _("Someone"), "title": row.title}


class AboutGathering(NotificationType):
    """A notification that names the actor, unless hidden."""

    def sentence(self, row: Any) -> Any:
        """Return the text of ``says`` with the actor's name."""
        return what_was_said(self.says, row)
