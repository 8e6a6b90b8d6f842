"""Invite people to attend, call those again who have not answered, and record answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.admission.subjects import with_below
from zhiliu.communities.models import Membership
from zhiliu.directory.models import Department, Person
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.needs.models import Need, Support
from zhiliu.search.models import Tag

from .facts import AudienceAnswered, AudienceInvited
from .models import AudienceCall, AudienceInvitation, Gathering, Invitation, Seat
from .registration import give_up_seat
from .rules import can_answer_audience, can_host

MOST_AT_ONCE = 5000
BATCH = 500
Answer = AudienceInvitation.Answer


@dataclass(frozen=True)
class AudienceChoice:
    """Whom to invite.

    Args:
        members: all members of the community. had_need: who posted or supported the needs behind the topic.
        departments: their employees, sub-departments included. people: single people.
        tags: their followers get a notification, but are not listed: nobody else sees who follows a tag.
    """

    members: bool = False
    had_need: bool = False
    departments: Collection[Department] = ()
    people: Collection[Person] = ()
    tags: Collection[Tag] = ()


def invite_audience(gathering: Gathering, choice: AudienceChoice, *, by: Person) -> int:
    """Invite people to attend. Who is invited, has a seat, shares or hosts is left out, so repeating is harmless.

    Returns:
        How many people were invited.

    Raises:
        Refused: it has no time, has begun, is a tea chat, or too many people are chosen.
    """
    require(can_host, by, gathering)
    with transaction.atomic():
        # Locked: two hosts who invite the same department invite everybody once.
        gathering = Gathering.objects.select_for_update().get(pk=gathering.pk)
        _require_open(gathering)
        new = sorted(people_to_invite(gathering, choice, by=by).values_list("pk", flat=True))
        if len(new) > MOST_AT_ONCE:
            raise Refused(_("At most %(count)s people at once. Choose fewer.") % {"count": f"{MOST_AT_ONCE:,}"})
        if new or choice.tags:
            call = AudienceCall.objects.create(gathering=gathering, by=by, count=len(new))
            rows = (AudienceInvitation(gathering=gathering, person_id=key, call=call) for key in new)
            AudienceInvitation.objects.bulk_create(rows, batch_size=BATCH)
            _announce_call(call, tuple(tag.pk for tag in choice.tags))
    return len(new)


def _require_open(gathering: Gathering) -> None:
    if gathering.is_tea_chat:
        raise Refused(_("A tea chat is for two."))
    if gathering.state != Gathering.State.FIXED:
        raise Refused(_("Schedule the gathering first."))
    if gathering.has_begun:
        raise Refused(_("It has started, so no one can be invited any more."))


def people_to_invite(gathering: Gathering, choice: AudienceChoice, *, by: Person) -> QuerySet[Person]:
    """Return whom a choice would invite: within the reach of ``by``, without who is invited, comes or speaks."""
    invited = AudienceInvitation.objects.filter(gathering=gathering).values("person")
    seated = Seat.objects.filter(gathering=gathering).values("person")
    people = visible_people(by).filter(_chosen(gathering, choice)).exclude(_speaks(gathering))
    return people.exclude(pk__in=invited).exclude(pk__in=seated)


def _speaks(gathering: Gathering) -> Q:
    """Who hosts, shares or is asked to and has not declined: nobody asks them a second question about it."""
    leaders = [key for key in (gathering.sharer_id, gathering.host_id) if key]
    asked = gathering.invitations.exclude(state=Invitation.State.DECLINED).values("person")
    speakers = gathering.talks.standing().values("speaker")
    return Q(pk__in=leaders) | Q(pk__in=asked) | Q(pk__in=speakers)


def _chosen(gathering: Gathering, choice: AudienceChoice) -> Q:
    found = Q(pk__in=[person.pk for person in choice.people])
    if choice.members:
        found |= Q(pk__in=members_of(gathering))
    if choice.had_need:
        found |= Q(pk__in=who_had_need(gathering))
    if choice.departments:
        below = with_below([department.pk for department in choice.departments])
        found |= Q(department_id__in=below, kind=Person.Kind.EMPLOYEE)
    return found


def members_of(gathering: Gathering) -> QuerySet[Membership, int]:
    """Return the ids of the members of its community."""
    return Membership.objects.filter(community=gathering.community_id).values_list("person_id", flat=True)


def who_had_need(gathering: Gathering) -> QuerySet[Person, int]:
    """Return the ids of who posted with their name, or supported, a need behind the topic."""
    needs = Need.objects.filter(Q(topic=gathering.topic_id) | Q(merged_into__topic=gathering.topic_id))
    if gathering.topic_id is None:
        needs = needs.none()
    named = Q(pk__in=needs.values("by")) | Q(pk__in=Support.objects.filter(need__in=needs).values("by"))
    return Person.objects.active().filter(named).values_list("pk", flat=True)


def call_again(gathering: Gathering, *, by: Person) -> int:
    """Call those again who have not answered. Everybody is called again once, so repeating is harmless.

    Returns:
        How many people were called.

    Raises:
        Refused: it has no time, or has begun.
    """
    require(can_host, by, gathering)
    with transaction.atomic():
        gathering = Gathering.objects.select_for_update().get(pk=gathering.pk)
        _require_open(gathering)
        keys = list(waiting_for_answer(gathering).values_list("pk", flat=True))
        if keys:
            call = AudienceCall.objects.create(gathering=gathering, by=by, again=True, count=len(keys))
            AudienceInvitation.objects.filter(pk__among=keys).update(second_call=call)
            _announce_call(call)
    return len(keys)


def waiting_for_answer(gathering: Gathering) -> QuerySet[AudienceInvitation]:
    """Return the invitations that may be repeated: without answer, not repeated yet, of who does not speak."""
    rows = AudienceInvitation.objects.filter(gathering=gathering, second_call=None).unanswered()
    return rows.exclude(person__in=Person.objects.filter(_speaks(gathering)))


def _announce_call(call: AudienceCall, tag_ids: tuple[int, ...] = ()) -> None:
    gathering = call.gathering
    announce(
        AudienceInvited(
            gathering_id=gathering.pk,
            call_id=call.pk,
            again=call.again,
            tag_ids=tag_ids,
            community_id=gathering.community_id,
            by_id=call.by_id,
        )
    )


def answer_audience_invitation(gathering: Gathering, answer: str, *, by: Person, by_calendar: bool = False) -> None:
    """Say maybe or no; a seat is given up. Idempotent. A yes is a sign-up (``registration.sign_up``).

    Args:
        by_calendar: the person answers in a calendar program.

    Raises:
        Forbidden: the person is neither invited nor signed up. Refused: no such answer, or it has begun.
    """
    require(can_answer_audience, by, gathering)
    if answer not in Answer.values:
        raise Refused(_("Choose an answer."))
    with transaction.atomic():
        # Refuses once it has begun, also without a seat.
        give_up_seat(gathering, by=by, by_calendar=by_calendar)
        rows = AudienceInvitation.objects.filter(gathering=gathering, person=by).exclude(answer=answer)
        if rows.update(answer=answer, answered_at=timezone.now()):
            announce(
                AudienceAnswered(
                    gathering_id=gathering.pk,
                    answer=answer,
                    by_calendar=by_calendar,
                    community_id=gathering.community_id,
                    by_id=by.pk,
                )
            )


def note_seen(gathering: Gathering, person: Person) -> None:
    """Record that an invited person has opened the page. Idempotent."""
    unseen = AudienceInvitation.objects.filter(gathering=gathering, person=person, seen_at=None)
    unseen.update(seen_at=timezone.now())
