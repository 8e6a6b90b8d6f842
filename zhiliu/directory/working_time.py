"""Administrators set working hours and correct the year's special days."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .calendar import seed_year
from .facts import WorkingTimeChanged
from .models import Person, SpecialDay, WorkHours
from .rules import is_admin


def set_hours(*, starts: dt.time, lunch_starts: dt.time, lunch_ends: dt.time, ends: dt.time, by: Person) -> None:
    """Set the working hours.

    Raises:
        Refused: they are not in order.
    """
    require(is_admin, by)
    if not starts < lunch_starts <= lunch_ends < ends:
        raise Refused(_("The times must be in order: start, lunch, end of lunch, end."))
    with transaction.atomic():
        hours = WorkHours.objects.select_for_update().first() or WorkHours()
        was = picture(WorkHours, hours.pk)
        hours.starts, hours.lunch_starts, hours.lunch_ends, hours.ends = starts, lunch_starts, lunch_ends, ends
        hours.save()
        announce(WorkingTimeChanged(act="hours", by_id=by.pk), change=change(was, picture(WorkHours, hours.pk)))


def set_day(date: dt.date, *, name: str, works: bool, by: Person) -> SpecialDay:
    """Make a day a holiday or a working day, whatever its weekday; it counts as checked."""
    require(is_admin, by)
    with transaction.atomic():
        was = _day(date)
        day, _new = SpecialDay.objects.update_or_create(
            date=date, defaults={"name": name, "works": works, "provisional": False}
        )
        fact = WorkingTimeChanged(act="day", year=date.year, by_id=by.pk)
        announce(fact, change=change(was, picture_of(day)))
    return day


def remove_day(date: dt.date, *, by: Person) -> None:
    """Remove a special day. Idempotent."""
    require(is_admin, by)
    with transaction.atomic():
        was = _day(date)
        if SpecialDay.objects.filter(date=date).delete()[0]:
            announce(WorkingTimeChanged(act="day", year=date.year, by_id=by.pk), change=change(was, Picture()))


def _day(date: dt.date) -> Picture:
    day = SpecialDay.objects.filter(date=date).first()
    return picture_of(day) if day else Picture()


def confirm_year(year: int, *, by: Person) -> None:
    """Confirm that a year's days were compared with what was published. Idempotent."""
    require(is_admin, by)
    with transaction.atomic():
        if SpecialDay.objects.filter(date__year=year, provisional=True).update(provisional=False):
            announce(WorkingTimeChanged(act="confirmed", year=year, by_id=by.pk))


def enter_year(year: int, *, by: Person) -> int:
    """Insert the known holidays of a year; existing days are kept.

    Returns:
        How many days were inserted.

    Raises:
        Refused: too far away to be known.
    """
    require(is_admin, by)
    today = timezone.localdate()
    if not today.year - 5 <= year <= today.year + 2:
        raise Refused(_("Too far ahead: holidays are published the autumn before."))
    with transaction.atomic():
        entered = seed_year(year)
        if entered:
            announce(WorkingTimeChanged(act="entered", year=year, by_id=by.pk))
    return entered
