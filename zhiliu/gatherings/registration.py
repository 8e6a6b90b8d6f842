"""People sign up and off. A full gathering has a waiting list; a freed seat goes to the first one on it.

Every function locks the gathering's row first: of two people on the last seat one gets it, the other waits.
(SQLite has no row locks; there a writing transaction is alone from its first statement on.)
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import SeatGivenUp, SeatPromoted, SeatTaken
from .models import AudienceInvitation, Gathering, Seat
from .rules import can_take_part


def sign_up(gathering: Gathering, *, by: Person, by_calendar: bool = False) -> Seat:
    """Register; when all seats are taken, append to the waiting list. Idempotent.

    Args:
        by_calendar: the person answers in a calendar program, and needs no entry by mail.

    Raises:
        Refused: it has no time yet, is over or cancelled, or the person shares or hosts it.
    """
    require(can_take_part, by, gathering)
    if by.pk in (gathering.sharer_id, gathering.host_id) and not gathering.is_tea_chat:
        raise Refused(_("You’re expected anyway: you are the speaker or host."))
    with transaction.atomic():
        now = Gathering.objects.select_for_update().get(pk=gathering.pk)
        _require_open(now)
        seat = give_seat(now, by, by_calendar=by_calendar)
    gathering.taken = now.taken
    return seat


def _require_open(gathering: Gathering) -> None:
    if gathering.state == Gathering.State.PLANNING:
        raise Refused(_("No time yet. You can sign up once it is scheduled."))
    if gathering.state != Gathering.State.FIXED or gathering.is_over:
        raise Refused(_("This gathering is over."))


def give_seat(gathering: Gathering, person: Person, *, expected: bool = False, by_calendar: bool = False) -> Seat:
    """Return the person's seat, and create it if needed. Called inside a transaction.

    Args:
        expected: gives a seat even if none is free, for people the gathering needs. by_calendar: as in :func:`sign_up`.
    """
    gathering = Gathering.objects.select_for_update().get(pk=gathering.pk)
    current = Seat.objects.filter(gathering=gathering, person=person).first()
    if current is not None and not (current.waiting and expected):
        return current
    if current is not None:
        current.delete()
    waiting = gathering.free == 0 and not expected
    seat = Seat.objects.create(gathering=gathering, person=person, waiting=waiting)
    _count(gathering)
    announce(
        SeatTaken(
            gathering_id=gathering.pk,
            waiting=waiting,
            by_calendar=by_calendar,
            community_id=gathering.community_id,
            by_id=person.pk,
        )
    )
    return seat


def give_up_seat(gathering: Gathering, *, by: Person, by_calendar: bool = False) -> None:
    """Sign off; the first on the waiting list gets the seat. Idempotent.

    Args:
        by_calendar: the person answers in a calendar program, and needs no cancellation by mail.

    Raises:
        Refused: it has begun.
    """
    with transaction.atomic():
        now = Gathering.objects.select_for_update().get(pk=gathering.pk)
        if now.has_begun:
            raise Refused(_("It has started, so sign-ups are closed."))
        if _free(now, by, by_calendar=by_calendar):
            # An invited person who signs off has answered: nobody calls them again.
            AudienceInvitation.objects.filter(gathering=now, person=by).update(
                answer=AudienceInvitation.Answer.NO, answered_at=timezone.now()
            )
    gathering.taken = now.taken


def free_seat(gathering: Gathering, person: Person) -> None:
    """Free the seat of someone who can no longer come; the first on the waiting list gets it. Idempotent."""
    with transaction.atomic():
        _free(Gathering.objects.select_for_update().get(pk=gathering.pk), person)


def _free(gathering: Gathering, person: Person, *, by_calendar: bool = False) -> bool:
    """Return whether the person had a seat."""
    seat = Seat.objects.filter(gathering=gathering, person=person).first()
    if seat is None:
        return False
    seat.delete()
    _count(gathering)
    announce(
        SeatGivenUp(
            gathering_id=gathering.pk,
            waiting=seat.waiting,
            by_calendar=by_calendar,
            community_id=gathering.community_id,
            by_id=person.pk,
        )
    )
    fill_free_seats(gathering)
    return True


def fill_free_seats(gathering: Gathering) -> None:
    """Give free seats to the waiting list, first come first served. The caller holds the gathering's lock."""
    waiting = Seat.objects.filter(gathering=gathering, waiting=True, person__is_active=True).order_by("pk")
    chosen = list(waiting if gathering.free is None else waiting[: gathering.free])
    if not chosen:
        return
    Seat.objects.filter(pk__in=[seat.pk for seat in chosen]).update(waiting=False)
    _count(gathering)
    for seat in chosen:
        announce(SeatPromoted(gathering_id=gathering.pk, person_id=seat.person_id, community_id=gathering.community_id))


def _count(gathering: Gathering) -> None:
    gathering.taken = Seat.objects.filter(gathering=gathering, waiting=False).count()
    Gathering.objects.filter(pk=gathering.pk).update(taken=gathering.taken)
