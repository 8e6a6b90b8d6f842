"""Do-not-disturb hours: when somebody rests, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.calendar import WorkCalendar
from zhiliu.directory.defaults import zone_of
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.presence import who_rests
from zhiliu.kit.errors import Refused

from .models import QuietHours

DAY = dt.timedelta(days=1)
LOOK_AHEAD = 20
LONGEST_REST = dt.timedelta(days=14)


def choose_quiet(starts: dt.time | None, ends: dt.time | None, *, on_days_off: bool, by: Person) -> None:
    """Say when one does not want to be disturbed; without both times, or with the same twice, never."""
    if starts is None or ends is None or starts == ends:
        starts = ends = None
    values = {"starts": starts, "ends": ends, "on_days_off": on_days_off and starts is not None}
    QuietHours.objects.update_or_create(person=by, defaults=values)
    _forget_empty(by)


def _forget_empty(person: Person) -> None:
    QuietHours.objects.filter(person=person, starts=None, until=None).delete()


def rest_until(until: dt.datetime | None, *, by: Person) -> None:
    """Do not be disturbed until a moment, besides the hours of every day; None ends it.

    Raises:
        Refused: that moment has passed, or lies more than two weeks ahead.
    """
    if until is not None and not timezone.now() < until <= timezone.now() + LONGEST_REST:
        raise Refused(_("Choose a time within the next two weeks."))
    QuietHours.objects.update_or_create(person=by, defaults={"until": until})
    _forget_empty(by)


@who_rests.provide
def quiet_among(people: Sequence[Person]) -> dict[int, dt.datetime]:
    """Until when those of the people rest who do; at most two questions, however many they are."""
    people = list(people)
    prefetch_related_objects(people, "quiet_hours")
    today = timezone.localdate()
    all_day = any(
        person.quiet_hours.on_days_off for person in people if getattr(person, "quiet_hours", None) is not None
    )
    calendar = WorkCalendar(today - 2 * DAY, today + (LOOK_AHEAD + 2) * DAY) if all_day else None
    found = ((person.pk, quiet_until(person, calendar=calendar)) for person in people)
    return {key: until for key, until in found if until is not None}


def quiet_until(
    person: Person, now: dt.datetime | None = None, calendar: WorkCalendar | None = None
) -> dt.datetime | None:
    """When somebody who rests now can be disturbed again; None when they do not rest.

    Args:
        calendar: of the days around now, when it was read already.

    A night is one stretch, also across midnight; with quiet days off it goes on until the morning of a worked day.
    """
    hours: QuietHours | None = getattr(person, "quiet_hours", None)
    if hours is None:
        return None
    zone = zone_of(person)
    now = (now or timezone.now()).astimezone(zone)
    if hours.until is not None and hours.until > now:
        # What the hours add begins where this ends.
        until = hours.until.astimezone(zone)
        return _by_hours(hours, until, calendar) or until
    return _by_hours(hours, now, calendar)


def _by_hours(hours: QuietHours, now: dt.datetime, calendar: WorkCalendar | None) -> dt.datetime | None:
    if hours.starts is None or hours.ends is None:
        return None
    if not hours.on_days_off:
        calendar = None
    elif calendar is None:
        calendar = WorkCalendar(now.date() - DAY, now.date() + LOOK_AHEAD * DAY)
    end = _end_of_stretch(hours, now, calendar)
    # What follows without a gap belongs to it: a quiet Saturday after a quiet night.
    while end is not None and calendar is not None and (later := _end_of_stretch(hours, end, calendar)) is not None:
        if later <= end or later - now > LOOK_AHEAD * DAY:
            break
        end = later
    return end


def _end_of_stretch(hours: QuietHours, now: dt.datetime, calendar: WorkCalendar | None) -> dt.datetime | None:
    assert hours.starts is not None and hours.ends is not None
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
    assert hours.starts is not None and hours.ends is not None
    return hours.ends if hours.starts > hours.ends else dt.time()
