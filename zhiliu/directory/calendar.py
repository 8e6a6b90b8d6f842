"""Working days and hours in China: public holidays, and weekends worked in exchange (调休)."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.db import transaction

from .defaults import default_zone
from .models import SpecialDay, WorkHours

# The State Council publishes a year's shifted days in the autumn before; the library has them up to this year.
PUBLISHED_UNTIL = 2026


def seed_year(year: int) -> int:
    """Insert the holidays and shifted days of ``year`` from the ``holidays`` library; existing days are kept.

    Returns:
        How many days were inserted. Years without published shifted days are marked provisional.
    """
    import holidays

    calendar = holidays.country_holidays("CN", years=year, language="zh_CN")
    days = [
        SpecialDay(date=date, name=name[:80], works=False, provisional=year > PUBLISHED_UNTIL)
        for date, name in calendar.items()
    ]
    days += [
        SpecialDay(date=date, name="调休上班", works=True, provisional=year > PUBLISHED_UNTIL)
        for date in calendar.weekend_workdays
        if date.year == year
    ]
    with transaction.atomic():
        before = SpecialDay.objects.count()
        SpecialDay.objects.bulk_create(days, ignore_conflicts=True)
        return SpecialDay.objects.count() - before


class WorkCalendar:
    """The organisation's working days between two dates, read once.

    Args:
        first, last: the queried days, inclusive.
    """

    def __init__(self, first: dt.date, last: dt.date) -> None:
        self._special = {day.date: day for day in SpecialDay.objects.filter(date__range=(first, last))}
        self._zone = default_zone()

    @cached_property
    def hours(self) -> WorkHours:
        """Return the working hours; loaded only when needed."""
        return WorkHours.objects.first() or WorkHours()

    def works(self, day: dt.date) -> bool:
        """Return True if ``day`` is a working day."""
        special = self._special.get(day)
        return special.works if special else day.weekday() < 5

    def special(self, day: dt.date) -> SpecialDay | None:
        """Return the holiday or shifted day on ``day``, or None."""
        return self._special.get(day)

    def in_hours(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Return True if the span lies in working hours of one working day, excluding lunch."""
        start, end = start.astimezone(self._zone), end.astimezone(self._zone)
        if start.date() != end.date() or not self.works(start.date()):
            return False
        hours = self.hours
        morning = hours.starts <= start.time() and end.time() <= hours.lunch_starts
        afternoon = hours.lunch_ends <= start.time() and end.time() <= hours.ends
        return morning or afternoon

    def worked(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time between two moments, without lunch; zero if ``end`` is first."""
        start, end = start.astimezone(self._zone), end.astimezone(self._zone)
        total, day = dt.timedelta(), start.date()
        while day <= end.date():
            if self.works(day):
                total += sum((self._part(day, *part, start, end) for part in self._parts), dt.timedelta())
            day += dt.timedelta(days=1)
        return total

    @property
    def _parts(self) -> tuple[tuple[dt.time, dt.time], ...]:
        hours = self.hours
        return (hours.starts, hours.lunch_starts), (hours.lunch_ends, hours.ends)

    def _part(self, day: dt.date, begins: dt.time, ends: dt.time, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        first = max(start, dt.datetime.combine(day, begins, self._zone))
        last = min(end, dt.datetime.combine(day, ends, self._zone))
        return max(last - first, dt.timedelta())

    def next_working_day(self, day: dt.date) -> dt.date:
        """Return ``day`` itself if it is a working day, else the next working day."""
        while not self.works(day):
            day += dt.timedelta(days=1)
        return day


def working_days_from(day: dt.date, count: int) -> dt.date:
    """Return the working day ``count`` working days after ``day``."""
    calendar = WorkCalendar(day, day + dt.timedelta(days=count * 3 + 20))
    for _ in range(count):
        day = calendar.next_working_day(day + dt.timedelta(days=1))
    return day


def calendar_around(start: dt.datetime, end: dt.datetime) -> WorkCalendar:
    """Return the calendar of the days from ``start`` to ``end``, in any time zone."""
    day = dt.timedelta(days=1)
    return WorkCalendar((start - day).date(), (end + day).date())
