"""Occasions: days in a community's calendar that everyone there should keep in mind."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import OccasionSet
from .models import Community, Occasion
from .rules import can_edit_home

LONGEST = dt.timedelta(days=366)


def add_occasion(
    community: Community, *, title: str, starts_on: dt.date, ends_on: dt.date, by: Person, note: str = ""
) -> Occasion:
    """Add an occasion.

    Args:
        starts_on, ends_on: its first and last day.

    Raises:
        Refused: it ends before it starts, or lasts longer than a year.
    """
    require(can_edit_home, by, community)
    _check(starts_on, ends_on)
    with transaction.atomic():
        occasion = Occasion.objects.create(
            community=community, title=title, note=note, starts_on=starts_on, ends_on=ends_on, by=by
        )
        announce(OccasionSet(occasion_id=occasion.pk, community_id=community.pk, by_id=by.pk))
    return occasion


def change_occasion(
    occasion: Occasion, *, title: str, starts_on: dt.date, ends_on: dt.date, version: int, by: Person, note: str = ""
) -> None:
    """Change an occasion.

    Raises:
        Refused: invalid days, or someone else changed it in the meantime.
    """
    require(can_edit_home, by, occasion.community)
    _check(starts_on, ends_on)
    with transaction.atomic():
        rows = Occasion.objects.filter(pk=occasion.pk, version=version)
        if not rows.update(title=title, note=note, starts_on=starts_on, ends_on=ends_on, version=F("version") + 1):
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(OccasionSet(occasion_id=occasion.pk, community_id=occasion.community_id, by_id=by.pk))


def remove_occasion(occasion: Occasion, *, by: Person) -> None:
    """Remove an occasion. Idempotent."""
    require(can_edit_home, by, occasion.community)
    with transaction.atomic():
        deleted, _rows = Occasion.objects.filter(pk=occasion.pk).delete()
        if deleted:
            community_id = occasion.community_id
            announce(OccasionSet(occasion_id=occasion.pk, removed=True, community_id=community_id, by_id=by.pk))


def _check(starts_on: dt.date, ends_on: dt.date) -> None:
    if ends_on < starts_on:
        raise Refused(_("The last day is before the first."), field="ends_on")
    if ends_on - starts_on > LONGEST:
        raise Refused(_("That is longer than a year. Check the dates."), field="ends_on")
