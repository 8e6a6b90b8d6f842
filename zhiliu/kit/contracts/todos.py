"""What waits for a person, and what stands in a community's calendar: each app says what of its own does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .registry import Registry


@dataclass(frozen=True)
class Todo:
    """One thing that waits for somebody.

    Args:
        icon, title, url. meta: short facts shown under the title. verb: what to do, on the button.
        due: when, for the order; things without come last.
    """

    icon: str
    title: str
    url: str
    verb: Any
    meta: tuple[Any, ...] = ()
    due: dt.datetime | None = field(default=None, compare=False)


waiting: Registry[Callable[[Any], list[Todo]]] = Registry("what waits for a person")
# First acts offered to a newcomer: (person) -> Waiting or None when done.
first_steps: Registry[Callable[[Any], Todo | None]] = Registry("first steps of a newcomer")


@dataclass(frozen=True)
class CalendarEntry:
    """Something on one or several days of a community's calendar.

    Args:
        title, url, icon. starts: its moment, or the day when it takes whole days. last: its last day, if not the first.
        word: what kind of thing it is, in a word or two.
    """

    title: str
    url: str
    icon: str
    starts: dt.datetime | dt.date
    last: dt.date | None = None
    word: Any = ""


# What of an app's own stands in the calendar: (community, first day, last day, viewer) -> entries the viewer may see.
calendar_sources: Registry[Callable[[Any, dt.date, dt.date, Any], list[CalendarEntry]]] = Registry(
    "entries of calendars"
)
