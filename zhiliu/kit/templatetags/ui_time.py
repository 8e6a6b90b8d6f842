"""Words for moments: 刚刚, 26 分钟, 今天 15:00, 昨天, 11月24日 周二. Django's own day names are longer."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)


def weekday(day: date) -> str:
    """Return the short name of the weekday: 周二, Tue."""
    return str(_WEEKDAYS[day.weekday()])


def month(day: date) -> str:
    """Return the short name of the month: 11月, Nov."""
    return str(_MONTHS[day.month - 1])


def day_words(day: date, today: date) -> str:
    """Return a day as people say it: today, yesterday, tomorrow, else the date; with the year if it is another one."""
    away = (day - today).days
    if away in (-1, 0, 1):
        return [gettext("yesterday"), gettext("today"), gettext("tomorrow")][away + 1]
    parts = {"day": day.day, "month": month(day), "year": day.year, "weekday": weekday(day)}
    if day.year != today.year:
        return pgettext("date", "%(day)s %(month)s %(year)s") % parts
    return pgettext("date", "%(weekday)s %(day)s %(month)s") % parts


def words_for_days() -> dict[str, str]:
    """Return the patterns of :func:`day_words` and :func:`exact_words`, for islands that write days themselves.

    The islands fill in the parts, with the browser's names of months and weekdays.
    """
    return {
        "yesterday": capfirst(gettext("yesterday")),
        "today": capfirst(gettext("today")),
        "tomorrow": capfirst(gettext("tomorrow")),
        "nearDay": pgettext("date", "%(weekday)s %(day)s %(month)s"),
        "farDay": pgettext("date", "%(day)s %(month)s %(year)s"),
        "fullDay": pgettext("date", "%(weekday)s %(day)s %(month)s %(year)s"),
    }


def exact_words(moment: datetime) -> str:
    """Return date and time in full, for tooltips."""
    return f"{_day_in_full(moment.date(), get_language())} {moment:%H:%M}"


# A page shows a hundred full dates, but few different days.
@functools.lru_cache(maxsize=1000)
def _day_in_full(day: date, language: str | None) -> str:
    """Return a day in the active language, which is ``language``."""
    parts = {"day": day.day, "month": month(day), "year": day.year, "weekday": weekday(day)}
    return pgettext("date", "%(weekday)s %(day)s %(month)s %(year)s") % parts


def minutes_words(minutes: int) -> str:
    """Return a past span of under an hour: 26 分钟."""
    return ngettext("%(n)s min ago", "%(n)s min ago", minutes) % {"n": minutes}


def moment_words(moment: datetime, now: datetime) -> tuple[str, str]:
    """Return the words for a moment now, and those for when it is more than an hour away.

    Args:
        moment, now: both in the reader's time zone.
    """
    day = day_words(moment.date(), now.date())
    days_away = (moment.date() - now.date()).days
    later = f"{day} {moment:%H:%M}" if days_away in (0, 1) else day
    away = moment - now
    if timedelta() < away < timedelta(hours=1):
        minutes = max(1, round(away.total_seconds() / 60))
        return ngettext("in %(n)s min", "in %(n)s min", minutes) % {"n": minutes}, later
    if timedelta(hours=-1) < away <= timedelta():
        minutes = int(-away.total_seconds() // 60)
        return (minutes_words(minutes) if minutes else gettext("just now")), later
    return later, later


def here(moment: datetime) -> datetime:
    """Return the moment in the reader's time zone; a naive one is assumed to be in it."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else timezone.make_aware(moment)
