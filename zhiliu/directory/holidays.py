"""The working time of a year for display: months of weeks, and special days in stretches."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from dataclasses import dataclass, field

from django.utils import timezone

from .holiday_names import holiday_name
from .models import SpecialDay


@dataclass
class DayOfYear:
    """A day of the year.

    Args:
        date, works: its date; whether it is a working day. special: the holiday or shifted day, if any. today: whether
            it is today. holiday: off as part of a holiday, including its weekends.
    """

    date: dt.date
    works: bool
    special: SpecialDay | None
    today: bool
    holiday: bool = False

    @property
    def shifted(self) -> bool:
        """Return True if it is a working day by exception."""
        return self.special is not None and self.works

    @property
    def special_name(self) -> str:
        """Return the name of the special day in the reader's language."""
        return holiday_name(self.special.name) if self.special else ""


@dataclass
class Stretch:
    """Consecutive days off.

    Args:
        name: of its holidays. first, last: dates. entry: the first special day in it.
    """

    name: str
    first: dt.date
    last: dt.date
    entry: dt.date

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1


@dataclass
class Year:
    """The data of the page.

    Args:
        number: the year. months: (first day, weeks of seven, None outside the month). stretches: holidays in order.
        shifted: working days that would be off by their weekday, or are entered as worked.
        provisional: some days were not published when they were entered. others: the years before and after.
    """

    number: int
    months: list[tuple[dt.date, list[list[DayOfYear | None]]]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    shifted: list[DayOfYear] = field(default_factory=list)
    provisional: bool = False
    working_days: int = 0

    @property
    def others(self) -> list[int]:
        """Return the years to navigate to."""
        return [self.number - 1, self.number, self.number + 1]


def year_shown(number: int) -> Year:
    """Return a year with its special days, in one query."""
    special = {day.date: day for day in SpecialDay.objects.filter(date__year=number)}
    today = timezone.localdate()
    year = Year(number, provisional=any(day.provisional for day in special.values()))
    for month in range(1, 13):
        weeks = [
            [_day(date, special.get(date), today) if date.month == month else None for date in week]
            for week in calendar.Calendar().monthdatescalendar(number, month)
        ]
        year.months.append((dt.date(number, month, 1), weeks))
        year.working_days += sum(day.works for week in weeks for day in week if day)
    days = [day for _month, weeks in year.months for week in weeks for day in week if day]
    year.stretches = _stretches(days)
    year.shifted = [day for day in days if day.shifted]
    return year


def _day(date: dt.date, special: SpecialDay | None, today: dt.date) -> DayOfYear:
    return DayOfYear(date, special.works if special else date.weekday() < 5, special, date == today)


def _stretches(days: list[DayOfYear]) -> list[Stretch]:
    """Return runs of days off that contain a holiday; marks all their days, including weekends, as holiday."""
    stretches: list[Stretch] = []
    for works, run in itertools.groupby(days, key=lambda day: day.works):
        off = [] if works else list(run)
        special = [day.special for day in off if day.special is not None]
        if special:
            stretches.append(Stretch(_name(special), off[0].date, off[-1].date, special[0].date))
            for day in off:
                day.holiday = True
    return stretches


def _name(special: list[SpecialDay]) -> str:
    """Return the names of a run's holidays, without swapped or added days."""
    names = list(dict.fromkeys(day.name.split("（")[0] for day in special))
    return holiday_name("、".join([name for name in names if name != "休息日"] or names))
