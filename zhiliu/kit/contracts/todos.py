"""To-dos of a person and entries of a community's calendar; each app contributes its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from .registry import Registry


@dataclass(frozen=True)
class Todo:
    """One thing a person has to do.

    Args:
        icon, title, url. meta: short facts shown under the title. verb: the label of the button.
        due: when, for sorting; entries without it come last.
    """

    icon: str
    title: str
    url: str
    verb: Any
    meta: tuple[Any, ...] = ()
    due: dt.datetime | None = field(default=None, compare=False)


Find = Callable[[Any], list[Todo]]


@dataclass(frozen=True)
class TodoSource:
    """One kind of thing that may wait for a person.

    Args:
        find: returns the todos of a person.
        candidates: from the id of a person, the rows without which ``find`` returns nothing. They may be too many: they
            need no condition on the time, and no look at what the person may see. The candidates of all sources are one
            statement, composed once (:class:`~zhiliu.kit.system.db.CompiledQuery`).
    """

    find: Find
    candidates: Callable[[int], QuerySet[Any, Any]]


waiting: Registry[TodoSource] = Registry("what waits for a person")


def waits(key: str, candidates: Callable[[int], QuerySet[Any, Any]]) -> Callable[[Find], Find]:
    """Register a function that returns todos; ``candidates`` as for :class:`TodoSource`."""

    def register(find: Find) -> Find:
        waiting.register(TodoSource(find, candidates), key=key)
        return find

    return register


# First acts offered to a newcomer: (person) -> Todo, or None when done.
first_steps: Registry[Callable[[Any], Todo | None]] = Registry("first steps of a newcomer")


@dataclass(frozen=True)
class CalendarEntry:
    """An entry of a community's calendar, on one or several days.

    Args:
        title, url, icon. starts: its moment, or the day if it takes whole days. last: its last day, if not the first.
        word: its kind, in a word or two.
    """

    title: str
    url: str
    icon: str
    starts: dt.datetime | dt.date
    last: dt.date | None = None
    word: Any = ""


# Entries an app adds to the calendar: (community, first day, last day, viewer) -> entries the viewer may see.
calendar_sources: Registry[Callable[[Any, dt.date, dt.date, Any], list[CalendarEntry]]] = Registry(
    "entries of calendars"
)
