"""Months and quarters of reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from .models import ReportPlan


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date

    @property
    def starts_at(self) -> dt.datetime:
        """The first moment."""
        return timezone.make_aware(dt.datetime.combine(self.first, dt.time()))

    @property
    def ends_at(self) -> dt.datetime:
        """The first moment after the period."""
        return timezone.make_aware(dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time()))

    @property
    def before(self) -> Period:
        """The preceding period of the same length."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return Period(self.first - relativedelta(months=months), self.first - dt.timedelta(days=1))


def month_period(day: dt.date) -> Period:
    """Return the month ``day`` lies in."""
    first = day.replace(day=1)
    return Period(first, first + relativedelta(months=1, days=-1))


def quarter_of(day: dt.date) -> Period:
    """Return the quarter ``day`` lies in."""
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Period(first, first + relativedelta(months=3, days=-1))


def last_over(rhythm: str, today: dt.date) -> Period | None:
    """Return the latest completed period of a rhythm, or None without one."""
    if rhythm == ReportPlan.Rhythm.MONTHLY:
        return month_period(today).before
    return quarter_of(today).before if rhythm == ReportPlan.Rhythm.QUARTERLY else None
