"""Days relative to today, moved to working days."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from zhiliu.directory.calendar import WorkCalendar

SPAN = 200


class Clock:
    """Turns the content's day numbers into dates and times.

    Past days move back to a working day and coming ones forward, reproducibly, so that their order stays. Day 0 stays
    today, whatever day that is.
    """

    def __init__(self) -> None:
        self.now = timezone.now()
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.today = self.now.astimezone(self.zone).date()
        ends = self.today - dt.timedelta(days=SPAN), self.today + dt.timedelta(days=SPAN)
        self.calendar = WorkCalendar(*ends)

    def date(self, day: int) -> dt.date:
        """Return the date of a day number."""
        date = self.today + dt.timedelta(days=day)
        if day == 0 or abs(day) > SPAN:
            return date
        step = dt.timedelta(days=-1 if day < 0 else 1)
        while not self.calendar.works(date):
            date += step
        return date

    def at(self, day: int, time: str = "10:00", minutes: int = 0) -> dt.datetime:
        """Return the time of a day number and a clock time. Past events are never in the future."""
        hour, minute = (int(part) for part in time.split(":"))
        moment = dt.datetime.combine(self.date(day), dt.time(hour, minute), self.zone) + dt.timedelta(minutes=minutes)
        return moment if day > 0 else min(moment, self.now - dt.timedelta(minutes=2))

    def planned(self, day: int, time: str) -> dt.datetime:
        """Return the time of something planned. Unlike :meth:`at` it may be later today."""
        hour, minute = (int(part) for part in time.split(":"))
        return dt.datetime.combine(self.date(day), dt.time(hour, minute), self.zone)
