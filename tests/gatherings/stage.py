"""What the tests of gatherings share: a talk, fixed or held, and the clock around it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.completing import complete
from zhiliu.gatherings.models import CheckIn, Gathering
from zhiliu.gatherings.proposing import propose
from zhiliu.gatherings.scheduling import fix_time


def at(day: str, clock: str) -> dt.datetime:
    """A moment in the organisation's time zone."""
    return timezone.make_aware(dt.datetime.fromisoformat(f"{day}T{clock}"))


def soon(days: float = 3, hour: int = 15) -> dt.datetime:
    """A moment some days ahead, on the hour."""
    moment = timezone.localtime() + dt.timedelta(days=days)
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)


def make_talk(community: Community, host: Person, *, sharer: Person | None = None, **fields: Any) -> Gathering:
    """A talk that is being planned; a sharer other than the host is put in without asking."""
    fields = {"title": "被拿来比价时怎么办", "for_whom": "一年内要续约的人", "take_home": "一张对比表", **fields}
    gathering = propose(community, by=host, **fields)
    if sharer is not None:
        Gathering.objects.filter(pk=gathering.pk).update(sharer=sharer)
    return Gathering.objects.get(pk=gathering.pk)


def make_fixed(
    community: Community, host: Person, *, start: dt.datetime | None = None, minutes: int = 40, **fields: Any
) -> Gathering:
    """A talk with its time, three days ahead."""
    gathering = make_talk(community, host, **fields)
    start = start or soon()
    return fix_time(gathering, starts_at=start, ends_at=start + dt.timedelta(minutes=minutes), place="听涛室", by=host)


def shift(gathering: Gathering, start: dt.datetime) -> Gathering:
    """The same gathering at another moment, past ones included, without any verb."""
    length = gathering.ends_at - gathering.starts_at
    Gathering.objects.filter(pk=gathering.pk).update(starts_at=start, ends_at=start + length)
    return Gathering.objects.get(pk=gathering.pk)


def now_running(gathering: Gathering) -> Gathering:
    """The gathering began ten minutes ago."""
    return shift(gathering, timezone.now() - dt.timedelta(minutes=10))


def over(gathering: Gathering, hours: float = 2) -> Gathering:
    """The gathering began some hours ago."""
    return shift(gathering, timezone.now() - dt.timedelta(hours=hours))


def make_held(community: Community, host: Person, *came: Person, **fields: Any) -> Gathering:
    """A held talk, with people who came."""
    gathering = over(make_fixed(community, host, **fields))
    CheckIn.objects.bulk_create(CheckIn(gathering=gathering, person=person) for person in came)
    return complete(gathering, summary="三句话。", by=host)
