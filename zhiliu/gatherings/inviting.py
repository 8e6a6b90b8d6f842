"""Invitations of sharers, and their answers: yes, no, or other times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.text.natural_dates import later

from .conflicts import USUAL_MINUTES
from .facts import Changed, InvitationAnswered, SharerInvited
from .models import Gathering, Invitation
from .registration import give_seat
from .rules import can_host
from .scheduling import change_entry, fix_time

MOST_TIMES = 3
_State = Invitation.State


def invite_sharer(gathering: Gathering, person: Person, *, by: Person, note: str = "") -> Invitation:
    """Invite someone to share. Idempotent until they answer; after a no it asks again.

    Raises:
        Refused: out of reach, the host themselves, it is over, or it has a sharer.
    """
    require(can_host, by, gathering)
    _require_invitable(gathering, person, by)
    with transaction.atomic():
        invitation, is_new = Invitation.objects.get_or_create(
            gathering=gathering, person=person, defaults={"by": by, "note": note}
        )
        again = Invitation.objects.filter(pk=invitation.pk, state=_State.DECLINED).update(
            state=_State.WAITING, by=by, note=note, at=timezone.now(), times=[]
        )
        if is_new or again:
            announce(
                SharerInvited(
                    gathering_id=gathering.pk,
                    invitation_id=invitation.pk,
                    person_id=person.pk,
                    community_id=gathering.community_id,
                    by_id=by.pk,
                )
            )
    invitation.refresh_from_db()
    return invitation


def _require_invitable(gathering: Gathering, person: Person, by: Person) -> None:
    if not gathering.is_ahead:
        raise Refused(_("This gathering is over."))
    if gathering.sharer_id is not None:
        raise Refused(_("There is already a speaker."), field="person")
    if person.pk == by.pk:
        raise Refused(_("You can speak yourself: press “I’ll speak”."), field="person")
    if not can_see_person(by, person):
        raise Refused(_("This person can’t be found."), field="person")


def share_oneself(gathering: Gathering, *, by: Person) -> Gathering:
    """Make the host the sharer. Idempotent.

    Raises:
        Refused: it is over, or someone else shares.
    """
    require(can_host, by, gathering)
    if not gathering.is_ahead:
        raise Refused(_("This gathering is over."))
    with transaction.atomic():
        become_sharer(gathering, by, by=by)
    gathering.refresh_from_db()
    return gathering


def accept_to_share(invitation: Invitation, *, by: Person) -> Invitation:
    """Accept an invitation. Idempotent.

    Raises:
        Forbidden: someone else's invitation. Refused: it is over, or another sharer was quicker.
    """
    _require_mine(invitation, by)
    with transaction.atomic():
        if _answer(invitation, _State.ACCEPTED):
            _become_sharer(invitation.gathering, by)
            if invitation.gathering.is_tea_chat:
                give_seat(invitation.gathering, by)
            _tell(invitation, by)
    invitation.refresh_from_db()
    return invitation


def decline_to_share(invitation: Invitation, *, by: Person, word: str = "") -> Invitation:
    """Decline an invitation, with a message. Idempotent."""
    _require_mine(invitation, by)
    with transaction.atomic():
        if _answer(invitation, _State.DECLINED, word=word):
            _tell(invitation, by)
    invitation.refresh_from_db()
    return invitation


def counter(invitation: Invitation, times: Sequence[dt.datetime], *, by: Person, word: str = "") -> Invitation:
    """Propose other times; the host may accept one of them."""
    _require_mine(invitation, by)
    moments = sorted(set(times))
    if not 1 <= len(moments) <= MOST_TIMES or any(moment <= timezone.now() for moment in moments):
        raise Refused(_("Give one to three future times."), field="times")
    with transaction.atomic():
        texts = [moment.isoformat() for moment in moments]
        if _answer(invitation, _State.COUNTERED, word=word, times=texts):
            _tell(invitation, by)
    invitation.refresh_from_db()
    return invitation


def take_time(invitation: Invitation, place: int, *, by: Person) -> Gathering:
    """Accept one of the proposed times, as the host: fix it and make the invited person the sharer.

    Raises:
        Refused: no such time, it has passed, or another sharer was quicker.
    """
    gathering = invitation.gathering
    require(can_host, by, gathering)
    if invitation.state != _State.COUNTERED or not 0 <= place < len(invitation.times):
        raise Refused(_("This time is no longer proposed. Check the invitation again."))
    start = invitation.moments[place]
    minutes = gathering.minutes or USUAL_MINUTES[gathering.format]  # type: ignore[index]
    with transaction.atomic():
        fix_time(gathering, starts_at=start, ends_at=later(start, dt.timedelta(minutes=minutes)), by=by)
        _become_sharer(gathering, invitation.person)
        if gathering.is_tea_chat:
            give_seat(gathering, invitation.person)
        Invitation.objects.filter(pk=invitation.pk).update(state=_State.ACCEPTED)
    gathering.refresh_from_db()
    return gathering


def _require_mine(invitation: Invitation, by: Person) -> None:
    if invitation.person_id != by.pk:
        raise Forbidden(_("Only the invited person can answer."))
    if not invitation.gathering.is_ahead:
        raise Refused(_("This gathering is over."))


def _answer(invitation: Invitation, state: str, **fields: object) -> bool:
    """Return whether the answer is new. The filter settles the race of two clicks."""
    open_ = Invitation.objects.filter(pk=invitation.pk, state__in=[_State.WAITING, _State.COUNTERED])
    return bool(open_.update(state=state, answered_at=timezone.now(), **fields))


def become_sharer(gathering: Gathering, person: Person, *, by: Person) -> None:
    """Make a person who agreed the sharer. Idempotent. Called inside a transaction by a verb that checked permissions.

    Raises:
        Refused: someone else became the sharer first.
    """
    if _become_sharer(gathering, person):
        # Announced only on change: each fact sends a calendar mail to everybody with a seat.
        announce(Changed(gathering_id=gathering.pk, entry=True, community_id=gathering.community_id, by_id=by.pk))


def _become_sharer(gathering: Gathering, person: Person) -> bool:
    """Return whether this call made them the sharer."""
    # The filter settles the race of two people who say yes at once.
    free = Gathering.objects.filter(pk=gathering.pk, sharer=None)
    became = free.update(sharer=person, version=F("version") + 1)
    if not became and not Gathering.objects.filter(pk=gathering.pk, sharer=person).exists():
        raise Refused(_("Someone else has agreed to speak. Thanks anyway."))
    if became:
        change_entry(gathering)
    gathering.sharer = person
    return bool(became)


def _tell(invitation: Invitation, by: Person) -> None:
    state = Invitation.objects.values_list("state", flat=True).get(pk=invitation.pk)
    gathering = invitation.gathering
    announce(
        InvitationAnswered(
            gathering_id=gathering.pk,
            invitation_id=invitation.pk,
            answer=state,
            community_id=gathering.community_id,
            by_id=by.pk,
        )
    )
