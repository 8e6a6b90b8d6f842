"""Do-not-disturb hours: when somebody rests, and until when."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from zhiliu.directory.calendar import WorkCalendar
from zhiliu.directory.models import Person

from .models import QuietHours

DAY = dt.timedelta(days=1)
LOOK_AHEAD = 20


def choose_quiet(starts: dt.time | None, ends: dt.time | None, *, on_days_off: bool, by: Person) -> None:
    """Say when one does not want to be disturbed; without both times, or with the same twice, never."""
    if starts is None or ends is None or starts == ends:
        QuietHours.objects.filter(person=by).delete()
        return
    values = {"starts": starts, "ends": ends, "on_days_off": on_days_off}
    QuietHours.objects.update_or_create(person=by, defaults=values)


def quiet_until(person: Person, now: dt.datetime | None = None) -> dt.datetime | None:
    """When somebody who rests now can be disturbed again; None when they do not rest.

    A night is one stretch, also across midnight; with quiet days off it goes on until the morning of a worked day.
    """
    hours: QuietHours | None = getattr(person, "quiet_hours", None)
    if hours is None:
        return None
    zone = ZoneInfo(person.time_zone or settings.TIME_ZONE)
    now = (now or timezone.now()).astimezone(zone)
    calendar = WorkCalendar(now.date() - DAY, now.date() + LOOK_AHEAD * DAY) if hours.on_days_off else None
    end = _end_of_stretch(hours, now, calendar)
    # What follows without a gap belongs to it: a quiet Saturday after a quiet night.
    while end is not None and calendar is not None and (later := _end_of_stretch(hours, end, calendar)) is not None:
        if later <= end or later - now > LOOK_AHEAD * DAY:
            break
        end = later
    return end


def _end_of_stretch(hours: QuietHours, now: dt.datetime, calendar: WorkCalendar | None) -> dt.datetime | None:
    if calendar is not None and not calendar.works(now.date()):
        # Until the quiet morning of the next day is over.
        return dt.datetime.combine(now.date() + DAY, _morning(hours), now.tzinfo)
    clock, crosses = now.time(), hours.starts > hours.ends
    if crosses and clock >= hours.starts:
        return dt.datetime.combine(now.date() + DAY, hours.ends, now.tzinfo)
    if clock < hours.ends and (crosses or clock >= hours.starts):
        return dt.datetime.combine(now.date(), hours.ends, now.tzinfo)
    return None


def _morning(hours: QuietHours) -> dt.time:
    """When a day begins for somebody: the end of the night, or midnight for who rests by day."""
    return hours.ends if hours.starts > hours.ends else dt.time()
