"""Who is on duty when: a community's rota."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community, Membership
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.kit.errors import Refused
from zhiliu.kit.facts import announce
from zhiliu.kit.rules import require

from .facts import DutyGiven, DutyTakenOff
from .models import Duty
from .rules import can_keep_rota

MOST = 100


def give_duty(
    community: Community, person: Person, *, weekday: int, starts: dt.time, ends: dt.time, by: Person
) -> Duty:
    """Put somebody on duty every week. The same again is harmless.

    Args:
        weekday: 0 is Monday. starts, ends: in the organisation's time zone.

    Raises:
        Forbidden: does not look after the community. Refused: the end is not after the start, the person is no
            member, or the rota is full.
    """
    require(can_keep_rota, by, community)
    if ends <= starts:
        raise Refused(_("The end must be after the start."), field="ends")
    if not Membership.objects.filter(community=community, person=person, person__is_active=True).exists():
        raise Refused(_("Choose a member of the community."), field="person")
    with transaction.atomic():
        if Duty.objects.filter(community=community).count() >= MOST:
            raise Refused(_("The rota is full. Take something off first."))
        duty, is_new = Duty.objects.get_or_create(
            community=community, person=person, weekday=weekday, starts=starts, ends=ends, defaults={"by": by}
        )
        if is_new:
            announce(DutyGiven(duty_id=duty.pk, person_id=person.pk, community_id=community.pk, by_id=by.pk))
    return duty


def take_off(duty: Duty, *, by: Person) -> None:
    """Take a line off the rota: who looks after the community, or who is on duty. Twice is harmless."""
    if duty.person_id != by.pk:
        require(can_keep_rota, by, duty.community)
    with transaction.atomic():
        if Duty.objects.filter(pk=duty.pk).delete()[0]:
            announce(
                DutyTakenOff(duty_id=duty.pk, person_id=duty.person_id, community_id=duty.community_id, by_id=by.pk)
            )


def on_duty(community_id: int, now: dt.datetime | None = None) -> list[Duty]:
    """The lines of the rota that hold now; nobody is on duty on a holiday."""
    local = (now or timezone.now()).astimezone(ZoneInfo(settings.TIME_ZONE))
    rows = Duty.objects.filter(
        community=community_id,
        weekday=local.weekday(),
        starts__lte=local.time(),
        ends__gt=local.time(),
        person__is_active=True,
        # Who has left the community is no longer on duty there.
        person__memberships__community=community_id,
    )
    found = list(rows.select_related("person").order_by("starts", "pk"))
    if found and SpecialDay.objects.filter(date=local.date(), works=False).exists():
        return []
    return found
