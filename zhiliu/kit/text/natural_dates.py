"""Dates and times as people type them: 明天下午3点, 两小时后, 18:00, in 2 hours, friday 9am.

Two libraries parse them, one per language; this module decides which one is meant when the time has passed.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import Refused
from .chinese_text import has_han, normalise

LONGEST = 30
MOST_WORDS = 5
_WEEKDAY = re.compile(r"[周期拜]|mon|tue|wed|thu|fri|sat|sun", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}")
_NAMED_CLOCK = re.compile(r"[\d零〇十][点时:]|零时|半夜|午夜|midnight|\d ?[ap]\.?m", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)\s*[点时:]\s*(\d*)")
_TOO_LATE = re.compile(r"(?:二十[五六七八九]|[三四五六七八九]十[一二三四五六七八九]?)[点时]|[点时][六七八九]十")
_MIDNIGHT = re.compile(r"凌晨\s*(?:12|十二)\s*[点时:]")
_NUMBER_AND_UNIT = re.compile(r"(\d|[一二两三四五六七八九十半几])\s+(?=[分个小天周点])")
_CHINESE_SPAN = re.compile(r"[^点]*(小时|钟头|刻钟|分钟|秒钟?)(之后|以后|后)?")
_SPAN = re.compile(r"(in )?[\w. ]+ ?(hours?|h|minutes?|mins?|min|seconds?|secs?)")
_SECONDS = {"year": 31536000, "month": 2592000, "day": 86400, "hour": 3600, "minute": 60, "second": 1}


def at_local(day: dt.date, clock: dt.time) -> dt.datetime:
    """Return the moment of a day and clock time in the current time zone; the first one if that hour occurs twice.

    Raises:
        Refused: the hour does not exist because the clocks go forward.
    """
    return _existing(timezone.make_aware(dt.datetime.combine(day, clock)))


def _existing(moment: dt.datetime) -> dt.datetime:
    local, real = moment.replace(tzinfo=None), moment.astimezone(dt.UTC).astimezone(moment.tzinfo).replace(tzinfo=None)
    if local != real:
        raise Refused(
            _("The clocks go forward then, so %(clock)s doesn’t exist on that day. Choose another time.")
            % {"clock": f"{local:%H:%M}"},
            field="clock",
        )
    return moment


def later(moment: dt.datetime, span: dt.timedelta) -> dt.datetime:
    """Return the moment after an elapsed time, across changes of daylight saving time."""
    return (moment.astimezone(dt.UTC) + span).astimezone(moment.tzinfo)


def moment_in(text: str, now: dt.datetime | None = None) -> dt.datetime | None:
    """Return the moment a text names, in the current time zone; None when it names none.

    A span (两小时, 30 min) counts from now. A clock time that has passed means tomorrow, a weekday next week.
    """
    now = timezone.localtime(now)
    moment = _read(text, now)
    return _existing(_still_to_come(moment, text, now)) if moment is not None else None


def _read(text: str, now: dt.datetime) -> dt.datetime | None:
    # Limits for third-party parsers: no long text, and no bare number, which they take for a day or a month.
    text = normalise(text).strip()
    if not text or len(text) > LONGEST or text.isdecimal() or _is_no_clock(text):
        return None
    return _in_chinese(text, now) if has_han(text) or _CLOCK.fullmatch(text) else _in_english(text, now)


def _is_no_clock(text: str) -> bool:
    """Return True for a clock time that does not exist (25点, 13:60): the libraries turn it into another one."""
    clocks = [(int(hour), int(minute or 0)) for hour, minute in _DIGITS.findall(text)]
    return any(hour > 24 or minute > 59 for hour, minute in clocks) or bool(_TOO_LATE.search(text))


def split_moment(text: str, now: dt.datetime | None = None) -> tuple[dt.datetime, str] | None:
    """Return the moment at the start of a text and the rest; it takes every word that changes the meaning."""
    words, now = text.split(), timezone.localtime(now)
    best: dt.datetime | None = None
    word_count = 0
    for count in range(1, min(len(words), MOST_WORDS) + 1):
        begun = " ".join(words[:count])
        moment = _read(begun, now)
        if moment is None and _is_no_clock(normalise(begun)):
            return None
        if best is None and moment is None and not begun.isascii():
            # Chinese needs no words before a time; "in 2 hours" does.
            break
        if best is not None and (moment is None or abs(moment - best) < dt.timedelta(seconds=1)):
            break
        if moment is not None:
            best, word_count = moment, count
    if best is None:
        return None
    return _existing(_still_to_come(best, " ".join(words[:word_count]), now)), " ".join(words[word_count:])


def _in_chinese(text: str, now: dt.datetime) -> dt.datetime | None:
    from jionlp_time import parse_time

    # The library reads it as noon.
    text = _MIDNIGHT.sub("凌晨0点", _NUMBER_AND_UNIT.sub(r"\1", text))
    # Any exception of the parser means that the text names no moment.
    with suppress(Exception):
        # The library interprets its base in the process's time zone, so it gets the reader's clock. A span of hours or
        # minutes is elapsed time across daylight saving changes, so it is computed in UTC.
        base = now.astimezone(dt.UTC) if _CHINESE_SPAN.fullmatch(text) else now
        moment = _moment_of(parse_time(text, time_base=base.replace(tzinfo=None).timestamp()), base)
        return moment.astimezone(now.tzinfo) if moment is not None else None
    return None


def _moment_of(parts: dict[str, Any], now: dt.datetime) -> dt.datetime | None:
    if parts["type"] == "time_delta":
        span = sum(float(value) * _SECONDS[unit] for unit, value in parts["time"].items())
        return later(now, dt.timedelta(seconds=span))
    if parts["type"] != "time_point":
        return None
    return dt.datetime.fromisoformat(parts["time"][0]).replace(tzinfo=now.tzinfo)


def _in_english(text: str, now: dt.datetime) -> dt.datetime | None:
    import dateparser

    # A span of hours or minutes is elapsed time across daylight saving changes, so it is computed in UTC.
    base = now.astimezone(dt.UTC) if _SPAN.fullmatch(text) else now
    settings = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": base.replace(tzinfo=None)}
    with suppress(Exception):
        moment = dateparser.parse(text, languages=["en"], settings=settings)
        return moment.replace(tzinfo=base.tzinfo).astimezone(now.tzinfo) if moment is not None else None
    return None


def _still_to_come(moment: dt.datetime, text: str, now: dt.datetime) -> dt.datetime:
    """A later day without a clock time means its morning; what has passed moves to its next occurrence."""
    if moment.time() == dt.time() and moment.date() > now.date() and not _NAMED_CLOCK.search(normalise(text)):
        moment = moment.replace(hour=9)
    if moment > now:
        return moment
    if _WEEKDAY.search(text):
        return moment + dt.timedelta(days=7)
    return moment + dt.timedelta(days=1) if moment.date() == now.date() else moment
