"""A month of a community's calendar: whole weeks from Monday, with the entries of each day."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.calendar import WorkCalendar
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.todos import CalendarEntry, calendar_sources

from .models import Community, Occasion
from .rules import can_edit_home


@dataclass
class Day:
    """A day of the grid. ``inside`` is False for days of the neighbouring months; ``mark`` is 休 or 班."""

    date: dt.date
    inside: bool
    today: bool
    off: bool
    mark: str = ""
    holiday: str = ""
    entries: list[CalendarEntry] = field(default_factory=list)


@dataclass
class Month:
    """A month, ready for its page.

    Args:
        first: its first day. weeks: rows of seven days.
    """

    first: dt.date
    weeks: list[list[Day]]

    @property
    def busy(self) -> list[Day]:
        """Days of this month that have entries, for phones."""
        return [day for week in self.weeks for day in week if day.inside and day.entries]

    @property
    def before(self) -> str:
        """The previous month, as used in addresses."""
        return f"{self.first - dt.timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The next month, as used in addresses."""
        return f"{self.first + dt.timedelta(days=31):%Y-%m}"


def read_month(text: str) -> dt.date:
    """Return the first day of the month ``text`` (2026-11); of the current month for anything else."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return timezone.localdate().replace(day=1)


def month_of(community: Community, viewer: Person, first: dt.date) -> Month:
    """Return the month that begins on ``first``; one query for each type of entry."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    on_day: dict[dt.date, list[CalendarEntry]] = defaultdict(list)
    for source in calendar_sources:
        for entry in source(community, begin, end, viewer):
            for day in _days(entry, begin, end):
                on_day[day].append(entry)
    working, today = WorkCalendar(begin, end), timezone.localdate()
    return Month(first, [[_day(day, first, today, working, on_day) for day in week] for week in weeks])


def _days(entry: CalendarEntry, begin: dt.date, end: dt.date) -> list[dt.date]:
    first = timezone.localtime(entry.starts).date() if isinstance(entry.starts, dt.datetime) else entry.starts
    start, last = max(first, begin), min(entry.last or first, end)
    return [start + dt.timedelta(days=number) for number in range((last - start).days + 1)]


def _day(
    day: dt.date, first: dt.date, today: dt.date, working: WorkCalendar, on_day: dict[dt.date, list[CalendarEntry]]
) -> Day:
    special = working.special(day)
    mark = holiday = ""
    if special is not None:
        mark = pgettext("mark on a calendar day", "W") if special.works else pgettext("mark on a calendar day", "H")
        holiday = "" if special.works else special.name
    entries = sorted(on_day.get(day, []), key=_order)
    return Day(day, day.month == first.month, day == today, not working.works(day), mark, holiday, entries)


def _order(entry: CalendarEntry) -> tuple[bool, str, str]:
    """Sort all-day entries first, then by time."""
    timed = isinstance(entry.starts, dt.datetime)
    return (timed, entry.starts.isoformat(), entry.title)


@calendar_sources.register(key="communities.occasions")
def occasions(community: Community, first: dt.date, last: dt.date, viewer: Person) -> list[CalendarEntry]:
    """Return the community's own occasions. For those who may edit them, entries link to the form."""
    rows = Occasion.objects.filter(community=community, starts_on__lte=last, ends_on__gte=first)
    may_edit = can_edit_home(viewer, community)
    return [
        CalendarEntry(
            row.title,
            row.get_absolute_url() if may_edit else "",
            "calendar-days",
            row.starts_on,
            row.ends_on,
            row.note or _("Date"),
        )
        for row in rows.select_related("community")
    ]
