"""People who leave the organisation free their seats, talks, invitations, nominations and lead roles.

Someone who only leaves a community frees seats in gatherings they can no longer see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from zhiliu.activity.consumers import LogEntry, followers
from zhiliu.communities.facts import MemberLeft, MembersLeft
from zhiliu.directory.facts import PeopleLeft, PersonLeft
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce

from .facts import DepositAssigned, InvitationAnswered, LeaderLeft, NominationAnswered, SpeakerAnswered
from .lightning import renumber
from .models import Deposit, Gathering, Invitation, LightningTalk, Nomination, Seat
from .registration import free_seat
from .rules import can_see
from .scheduling import change_entry

_AHEAD = [Gathering.State.PLANNING, Gathering.State.FIXED]


@followers.register(key="gatherings.leavers")
def free_what_leavers_held(entries: Sequence[LogEntry]) -> None:
    """Follow the log, so that nobody keeps a seat because a process was down."""
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, PersonLeft | MemberLeft):
            _free([fact.person_id])
        elif isinstance(fact, PeopleLeft | MembersLeft):
            _free(fact.person_ids)


def _free(person_ids: Iterable[int]) -> None:
    for person in Person.objects.filter(pk__in=list(person_ids)):
        _free_seats(person)
        if not person.is_active:
            _free_turns(person)
            _answer_for(person)
            _free_lead(person)
            _hand_on_deposits(person)


def _free_seats(person: Person) -> None:
    ahead = Gathering.objects.filter(state__in=_AHEAD)
    seats = Seat.objects.filter(person=person, gathering__in=ahead).select_related("gathering__community")
    for seat in seats.order_by("gathering_id"):
        gathering = seat.gathering
        if not gathering.has_begun and not (person.is_active and can_see(person, gathering)):
            free_seat(gathering, person)


def _free_turns(person: Person) -> None:
    talks = LightningTalk.objects.standing().filter(speaker=person, started_at=None)
    for talk in talks.select_related("gathering"):
        gathering = talk.gathering
        if not gathering.is_ahead:
            continue
        with transaction.atomic():
            Gathering.objects.select_for_update().get(pk=gathering.pk)
            LightningTalk.objects.filter(pk=talk.pk).update(state=LightningTalk.State.DECLINED)
            renumber(gathering)
            about = {"gathering_id": gathering.pk, "community_id": gathering.community_id, "by_id": person.pk}
            announce(SpeakerAnswered(**about, talk_id=talk.pk, yes=False))


def _answer_for(person: Person) -> None:
    """Decline open invitations and nominations, so that whoever asked is notified."""
    states = Invitation.State
    for invitation in Invitation.objects.filter(person=person, state__in=[states.WAITING, states.COUNTERED]):
        with transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(state=states.DECLINED)
            community_id = Gathering.objects.values_list("community_id", flat=True).get(pk=invitation.gathering_id)
            announce(
                InvitationAnswered(
                    gathering_id=invitation.gathering_id,
                    invitation_id=invitation.pk,
                    answer=states.DECLINED,
                    community_id=community_id,
                    by_id=person.pk,
                )
            )
    for key in list(
        Nomination.objects.filter(person=person, state=Nomination.State.WAITING).values_list("pk", flat=True)
    ):
        with transaction.atomic():
            Nomination.objects.filter(pk=key).update(state=Nomination.State.NO)
            announce(NominationAnswered(nomination_id=key, by_id=person.pk))


def _free_lead(person: Person) -> None:
    """Clear their sharer and host roles ahead; a gathering that has begun keeps its sharer."""
    led = Gathering.objects.filter(Q(sharer=person) | Q(host=person), state__in=_AHEAD)
    for gathering in led.order_by("pk"):
        rows = Gathering.objects.filter(pk=gathering.pk)
        with transaction.atomic():
            # The filters make it idempotent and lose against a change made in the meantime.
            free = {} if gathering.has_begun else {"sharer": rows.filter(sharer=person)}
            free["host"] = rows.filter(host=person)
            freed = {role: bool(of.update(**{role: None}, version=F("version") + 1)) for role, of in free.items()}
            if any(freed.values()):
                change_entry(gathering)
                about: Any = {"gathering_id": gathering.pk, "community_id": gathering.community_id, **freed}
                announce(LeaderLeft(**about, by_id=person.pk))


def _hand_on_deposits(person: Person) -> None:
    """Hand unpublished deposits to the host; without one, those who run the community are notified."""
    owned = Deposit.objects.filter(owner=person, article__published_at=None).select_related("gathering__host")
    for deposit in owned.order_by("pk"):
        gathering, host = deposit.gathering, deposit.gathering.host
        owner = host if host is not None and host.is_active else None
        about: Any = {"gathering_id": gathering.pk, "community_id": gathering.community_id}
        with transaction.atomic():
            if not Deposit.objects.filter(pk=deposit.pk, owner=person).update(owner=owner):
                continue
            if owner is not None:
                announce(DepositAssigned(**about, deposit_id=deposit.pk, owner_id=owner.pk))
            else:
                announce(LeaderLeft(**about, deposit=True, by_id=person.pk))
