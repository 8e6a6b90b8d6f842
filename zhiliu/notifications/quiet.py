"""Do not disturb: when it is on, and until when."""

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
    """Set daily do-not-disturb hours; without both times, or with equal ones, there are none."""
    if starts is None or ends is None or starts == ends:
        starts = ends = None
    values = {"starts": starts, "ends": ends, "on_days_off": on_days_off and starts is not None}
    QuietHours.objects.update_or_create(person=by, defaults=values)
    _forget_empty(by)


def _forget_empty(person: Person) -> None:
    QuietHours.objects.filter(person=person, starts=None, until=None).delete()


def rest_until(until: dt.datetime | None, *, by: Person) -> None:
    """Turn do not disturb on until a moment, in addition to the daily hours; None ends it.

    Raises:
        Refused: that moment has passed, or is more than two weeks ahead.
    """
    if until is not None and not timezone.now() < until <= timezone.now() + LONGEST_REST:
        raise Refused(_("Choose a time within the next two weeks."))
    QuietHours.objects.update_or_create(person=by, defaults={"until": until})
    _forget_empty(by)


@who_rests.provide
def quiet_among(people: Sequence[Person]) -> dict[int, dt.datetime]:
    """Return until when each person has do not disturb on, without those who have not; at most two queries."""
    people = list(people)
    prefetch_related_objects(people, "quiet_hours")
    today = timezone.localdate()
    all_day = any(
        person.quiet_hours.on_days_off for person in people if getattr(person, "quiet_hours", None) is not None
    )
    calendar = WorkCalendar(today - 2 * DAY, today + (LOOK_AHEAD + 2) * DAY) if all_day else None
    ends = ((person.pk, quiet_until(person, calendar=calendar)) for person in people)
    return {key: until for key, until in ends if until is not None}


def quiet_until(
    person: Person, now: dt.datetime | None = None, calendar: WorkCalendar | None = None
) -> dt.datetime | None:
    """Return when do not disturb ends for a person; None if it is off now.

    Args:
        calendar: of the days around now, if already loaded.

    A night is one period, also across midnight; with quiet days off it lasts until the morning of a working day.
    """
    hours: QuietHours | None = getattr(person, "quiet_hours", None)
    if hours is None:
        return None
    zone = zone_of(person)
    now = (now or timezone.now()).astimezone(zone)
    if hours.until is not None and hours.until > now:
        # The daily hours may extend it.
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
    # Adjacent periods are joined: a quiet Saturday after a quiet night.
    while end is not None and calendar is not None and (later := _end_of_stretch(hours, end, calendar)) is not None:
        if later <= end or later - now > LOOK_AHEAD * DAY:
            break
        end = later
    return end


def _end_of_stretch(hours: QuietHours, now: dt.datetime, calendar: WorkCalendar | None) -> dt.datetime | None:
    assert hours.starts is not None and hours.ends is not None
    if calendar is not None and not calendar.works(now.date()):
        # Until the quiet morning of the next day ends.
        return dt.datetime.combine(now.date() + DAY, _morning(hours), now.tzinfo)
    clock, crosses = now.time(), hours.starts > hours.ends
    if crosses and clock >= hours.starts:
        return dt.datetime.combine(now.date() + DAY, hours.ends, now.tzinfo)
    if clock < hours.ends and (crosses or clock >= hours.starts):
        return dt.datetime.combine(now.date(), hours.ends, now.tzinfo)
    return None


def _morning(hours: QuietHours) -> dt.time:
    """Return when a person's day begins: the end of the night, or midnight if the quiet hours are by day."""
    assert hours.starts is not None and hours.ends is not None
    return hours.ends if hours.starts > hours.ends else dt.time()
