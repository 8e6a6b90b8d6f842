"""Parses dates of rosters; ambiguous ones are never guessed."""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_abbr, month_name
from functools import lru_cache

_CLOCK_BEHIND = r"(?:(?:\s+|T)(?:上午|下午)?\s*[\d:.]+(?:Z|[+-]\d\d:?\d\d|\s*[AP]M)?)?"
_DATE = re.compile(r"(\d{4})\s*(?:年|[-/.\\])\s*(\d{1,2})\s*(?:月|[-/.\\])\s*(\d{1,2})\s*日?" + _CLOCK_BEHIND)
# A month's English name makes the day unambiguous.
_NAMED_MONTH = re.compile(r"(\d{1,2})[-/ ]?([A-Za-z]{3,9})[-/, ]*(\d{4})|([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")
_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
# Three numbers in an ambiguous order, or a year and a month.
_THREE = re.compile(r"(\d{1,4})\s*(年|[-/.\\,\s])\s*(\d{1,2})\s*(?:月|[-/.\\,\s])\s*(\d{1,4})\s*日?" + _CLOCK_BEHIND)
_MONTH_ONLY = re.compile(r"(\d{4}|\d{2}(?=\s*年))\s*(?:年|[-/.\\])\s*(\d{1,2})\s*月?")
_SIX = re.compile(r"(\d\d)(\d\d)(\d\d)")
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
# 1970: smaller five-digit numbers are no serial dates but something like 2021-3 without its hyphen.
_FIRST_SERIAL = 25569
_FIRST_DAY, _AHEAD = dt.date(1940, 1, 1), dt.timedelta(days=731)


def read_date(text: str) -> dt.date | None:
    """Parse a date as rosters write it: 2019-03-01, 2019/3/1, 2019.3.1, 2019年3月1日, 20190301, 01-Mar-2019, or Excel's
    serial number; a time after it is ignored.

    Returns:
        None if it is no date between 1940 and two years from now.
    """
    day = _as_date(text.strip())
    return day if day is not None and _is_likely(day) else None


def _is_likely(day: dt.date) -> bool:
    return _FIRST_DAY <= day <= dt.date.today() + _AHEAD


# Days repeat.
@lru_cache(maxsize=10_000)
def _as_date(text: str) -> dt.date | None:
    if len(text) == 8 and text.isdecimal():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        if match := _DATE.fullmatch(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NAMED_MONTH.fullmatch(text):
            day, month, year = match[1] or match[5], match[2] or match[4], match[3] or match[6]
            return dt.date(int(year), _MONTHS.get(month.lower(), 0), int(day))
        if (match := _SERIAL.fullmatch(text)) and int(match[1]) >= _FIRST_SERIAL:
            return EXCEL_DAY_ZERO + dt.timedelta(days=int(match[1]))
    except ValueError:
        return None
    return None


def meant_days(text: str) -> list[dt.date]:
    """Return the possible days of an ambiguous date like 19/3/1, 03/04/2019, 190301 or 2019-03, likeliest first.

    Returns:
        An empty list for what is no date at all.
    """
    return [day for day in dict.fromkeys(_readings(text.strip())) if _is_likely(day)]


def _readings(text: str) -> list[dt.date]:
    if match := _THREE.fullmatch(text):
        first, second, third = match[1], match[3], match[4]
        orders = [(first, second, third), (third, second, first), (third, first, second)]
        likely = orders[:1] if match[2] == "年" else orders
    elif match := _SIX.fullmatch(text):
        likely = [(match[1], match[2], match[3])]
    elif match := _MONTH_ONLY.fullmatch(text):
        likely = [(match[1], match[2], "1")]
    else:
        return []
    return [day for year, month, number in likely for day in _days_of(year, month, number)]


def _days_of(year: str, month: str, day: str) -> list[dt.date]:
    """Return the days for a year, month and day; a two-digit year may be in either century."""
    years = [int(year)] if len(year) == 4 else [2000 + int(year), 1900 + int(year)] if len(year) < 3 else []
    days = []
    for number in years:
        try:
            days.append(dt.date(number, int(month), int(day)))
        except ValueError:
            continue
    return days
