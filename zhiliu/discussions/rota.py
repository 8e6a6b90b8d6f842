"""The rota of a community: who is on duty when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community, Membership
from zhiliu.directory.defaults import default_zone
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import DutyGiven, DutyTakenOff
from .models import Duty
from .rules import can_keep_rota

MOST = 100


def give_duty(
    community: Community, person: Person, *, weekday: int, starts: dt.time, ends: dt.time, by: Person
) -> Duty:
    """Put someone on duty every week. Idempotent.

    Args:
        weekday: on which it begins; 0 is Monday. starts, ends: in the organisation's time zone; an end before the start
            is on the day after.

    Raises:
        Forbidden: does not look after the community. Refused: it ends when it starts, the person is no
            member, or the rota is full.
    """
    require(can_keep_rota, by, community)
    if ends == starts:
        raise Refused(_("It must not end when it starts."), field="ends")
    if not Membership.objects.filter(community=community, person=person, person__is_active=True).exists():
        raise Refused(_("Choose a member of the community."), field="person")
    line = {"person": person, "weekday": weekday, "starts": starts, "ends": ends}
    with transaction.atomic():
        lines = Duty.objects.filter(community=community)
        if lines.count() >= MOST and not lines.filter(**line).exists():
            raise Refused(_("The rota is full. Remove something first."))
        duty, is_new = Duty.objects.get_or_create(community=community, **line, defaults={"by": by})
        if is_new:
            announce(DutyGiven(duty_id=duty.pk, person_id=person.pk, community_id=community.pk, by_id=by.pk))
    return duty


def take_off(duty: Duty, *, by: Person) -> None:
    """Remove a line from the rota: the person on duty, or a moderator. Idempotent."""
    if duty.person_id != by.pk:
        require(can_keep_rota, by, duty.community)
    with transaction.atomic():
        if Duty.objects.filter(pk=duty.pk).delete()[0]:
            announce(
                DutyTakenOff(duty_id=duty.pk, person_id=duty.person_id, community_id=duty.community_id, by_id=by.pk)
            )


def end_duties(person_ids: Iterable[int]) -> None:
    """Remove people from the rotas of communities they left. Idempotent."""
    for duty in Duty.objects.filter(person__in=list(person_ids)).select_related("person"):
        there = Membership.objects.filter(community=duty.community_id, person=duty.person_id)
        if duty.person.is_active and there.exists():
            continue
        with transaction.atomic():
            if Duty.objects.filter(pk=duty.pk).delete()[0]:
                announce(DutyTakenOff(duty_id=duty.pk, person_id=duty.person_id, community_id=duty.community_id))


def on_duty(community_id: int, now: dt.datetime | None = None) -> list[Duty]:
    """Return the lines that apply now. Nobody is on duty on a holiday or in the night that begins on one."""
    local = (now or timezone.now()).astimezone(default_zone())
    today, clock = local.date(), local.time()
    yesterday = today - dt.timedelta(days=1)
    is_night = Q(ends__lt=F("starts"))
    began = {
        today: Q(weekday=today.weekday(), starts__lte=clock) & (Q(ends__gt=clock) | is_night),
        yesterday: Q(weekday=yesterday.weekday(), ends__gt=clock) & is_night,
    }
    # Former members are no longer on duty there.
    there = Duty.objects.filter(
        community=community_id, person__is_active=True, person__memberships__community=community_id
    )
    rows = there.filter(began[today] | began[yesterday]).select_related("person").order_by("starts", "pk")
    if not (duties := list(rows)):
        return []
    days = SpecialDay.objects.filter(date__in=began, works=False).values_list("date", flat=True)
    holidays = {day.weekday() for day in days}
    return [duty for duty in duties if duty.weekday not in holidays]
