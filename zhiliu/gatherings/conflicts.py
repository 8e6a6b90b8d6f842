"""The time of a gathering: length, steps, check-in window, and conflicts with a proposed time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiliu.directory.calendar import WorkCalendar
from zhiliu.kit.text.chinese_text import normalise

from .models import Format, Gathering

# Default length in minutes.
USUAL_MINUTES = {Format.ONE_PROBLEM_TALK: 40, Format.LIGHTNING: 60, Format.EVENING: 60, Format.TEA_CHAT: 30}
# Evening sharings are meant to happen after work.
AFTER_WORK = ("hours", "lunch")
OPENING = CLOSING = 5
CHECK_IN_BEFORE = dt.timedelta(minutes=30)
CHECK_IN_AFTER = dt.timedelta(hours=3)


@dataclass(frozen=True)
class OrderStep:
    """One part of the running order: name, who, when it begins, how long."""

    name: str
    who: str
    starts_at: dt.datetime
    minutes: int

    @property
    def ends_at(self) -> dt.datetime:
        """The end of this step and the start of the next."""
        return self.starts_at + dt.timedelta(minutes=self.minutes)


def running_order(gathering: Gathering) -> list[OrderStep]:
    """Return the steps of a one-problem talk or an evening.

    A one-problem talk has as much time for questions as for the talk. From 40 minutes on, 5 go to the opening and 5 to
    the end: 40 minutes are 5 + 15 + 15 + 5. An evening has the guest's minutes, then questions. Tea chats, gatherings
    without a time and lightning talks (which have their own order) have no steps.
    """
    if gathering.is_tea_chat or gathering.is_lightning or gathering.starts_at is None:
        return []
    if gathering.is_evening:
        return _evening_order(gathering, gathering.starts_at)
    edge = OPENING if gathering.minutes >= 40 else 0
    talk = (gathering.minutes - edge - (CLOSING if edge else 0)) // 2
    rest = gathering.minutes - edge * 2 - talk
    host = gathering.host.name if gathering.host else ""
    sharer = gathering.sharer.name if gathering.sharer else ""
    parts = [
        (_("Opening: no right or wrong, ask any time"), host, edge),
        (_("Talk: what really happened"), sharer, talk),
        (_("Questions, top-voted first"), "", rest),
        (_("One sentence each: how I’ll use it"), "", edge),
    ]
    return _laid_out(gathering.starts_at, [part for part in parts if part[2]])


def _evening_order(gathering: Gathering, start: dt.datetime) -> list[OrderStep]:
    guest = min(gathering.evening.guest_minutes, gathering.minutes)
    sharer = gathering.sharer.name if gathering.sharer else ""
    parts = [
        (_("The guest shares in the channel"), sharer, guest),
        (_("Questions, top-voted first"), "", gathering.minutes - guest),
    ]
    return _laid_out(start, [part for part in parts if part[2]])


def _laid_out(start: dt.datetime, parts: list[tuple[str, str, int]]) -> list[OrderStep]:
    steps = []
    for name, who, minutes in parts:
        steps.append(OrderStep(name, who, start, minutes))
        start = steps[-1].ends_at
    return steps


def may_check_in_now(gathering: Gathering, now: dt.datetime | None = None) -> bool:
    """Return whether check-in is open: from 30 minutes before the start until 3 hours after it."""
    if gathering.starts_at is None:
        return False
    now = now or timezone.now()
    return gathering.starts_at - CHECK_IN_BEFORE <= now <= gathering.starts_at + CHECK_IN_AFTER


@dataclass(frozen=True)
class Conflict:
    """Something that speaks against a time. It is a warning, not a refusal."""

    kind: str
    text: str


def conflicts_of(gathering: Gathering, start: dt.datetime, end: dt.datetime, place: str = "") -> list[Conflict]:
    """Return the conflicts of a time; four queries, five for lightning talks."""
    day = timezone.localtime(start).date()
    others = list(
        Gathering.objects.filter(state=Gathering.State.FIXED)
        .exclude(pk=gathering.pk)
        .filter(starts_at__lt=end, ends_at__gt=start)
    )
    return [
        *(hour for hour in _against_hours(start, end, day) if not (gathering.is_evening and hour.kind in AFTER_WORK)),
        *_against_people(gathering, others),
        *_against_place(place, others),
        *_against_rhythm(gathering, day),
    ]


def _month(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    first = timezone.make_aware(dt.datetime.combine(day.replace(day=1), dt.time()))
    following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return first, timezone.make_aware(dt.datetime.combine(following, dt.time())) - dt.timedelta(seconds=1)


def _against_hours(start: dt.datetime, end: dt.datetime, day: dt.date) -> list[Conflict]:
    calendar = WorkCalendar(day, day)
    special = calendar.special(day)
    if special is not None and not special.works:
        return [Conflict("holiday", _("Public holiday: %(name)s") % {"name": special.name})]
    if not calendar.works(day):
        return [Conflict("weekend", _("Weekend"))]
    if special is not None:
        worked = _("Adjusted working weekend; some people are away")
        return [Conflict("shifted", worked), *_against_clock(calendar, start, end)]
    return _against_clock(calendar, start, end)


def _against_clock(calendar: WorkCalendar, start: dt.datetime, end: dt.datetime) -> list[Conflict]:
    if calendar.in_hours(start, end):
        return []
    hours = calendar.hours
    first, last = timezone.localtime(start).time(), timezone.localtime(end).time()
    if first < hours.lunch_ends and last > hours.lunch_starts:
        return [
            Conflict(
                "lunch",
                _("Overlaps the lunch break, %(from)s to %(to)s") % _span(hours.lunch_starts, hours.lunch_ends),
            )
        ]
    return [Conflict("hours", _("Outside working hours, %(from)s to %(to)s") % _span(hours.starts, hours.ends))]


def _span(start: dt.time, end: dt.time) -> dict[str, str]:
    return {"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}


def _against_people(gathering: Gathering, at_once: list[Gathering]) -> list[Conflict]:
    conflicts = []
    talks = gathering.talks.standing().select_related("speaker") if gathering.is_lightning else ()
    speakers = [talk.speaker for talk in talks]
    for person in dict.fromkeys(filter(None, (gathering.sharer, gathering.host, *speakers))):
        busy = next((other for other in at_once if person.pk in (other.sharer_id, other.host_id)), None)
        if busy is not None:
            # The other title is omitted: its community may be hidden from the reader.
            conflicts.append(
                Conflict("person", _("%(name)s is speaking or hosting elsewhere at that time") % {"name": person.name})
            )
    return conflicts


def _against_place(place: str, at_once: list[Gathering]) -> list[Conflict]:
    name = normalise(place.strip())
    if name and any(normalise(other.place.strip()) == name for other in at_once):
        return [Conflict("place", _("%(place)s is booked at that time") % {"place": place})]
    return []


def _against_rhythm(gathering: Gathering, day: dt.date) -> list[Conflict]:
    month = _this_month(gathering, day)
    same = next((other for other in month if timezone.localtime(other.starts_at).date() == day), None)
    conflicts = []
    if same is not None:
        conflicts.append(Conflict("same_day", _("The community has “%(title)s” that day") % {"title": same.title}))
    limit = gathering.community.sessions_a_month
    if limit and not gathering.is_tea_chat and sum(not other.is_tea_chat for other in month) >= limit:
        text = ngettext(
            "The community agreed on %(count)s gathering a month; this would be one more",
            "The community agreed on %(count)s gatherings a month; this would be one more",
            limit,
        )
        conflicts.append(Conflict("rhythm", text % {"count": limit}))
    return conflicts


def _this_month(gathering: Gathering, day: dt.date) -> list[Gathering]:
    counted = [Gathering.State.FIXED, Gathering.State.HELD]
    rows = Gathering.objects.filter(community=gathering.community_id, state__in=counted, starts_at__range=_month(day))
    return list(rows.exclude(pk=gathering.pk))
