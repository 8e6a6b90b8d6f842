"""Queries of the audit pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import field_words
from zhiliu.kit.contracts.facts import FACTS

from .models import Entry


def acts() -> list[tuple[str, str]]:
    """Return (verb, label) of every administrative act, sorted by label."""
    pairs = [(verb, str(kind.administrative)) for verb, kind in FACTS.items() if kind.administrative]
    return sorted(pairs, key=lambda pair: pair[1])


def entries(
    *,
    text: str = "",
    who: str = "",
    verb: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Entry]:
    """Return matching entries.

    Args:
        text: part of the subject, or the beginning of a network address. who: a name, its pinyin or a number. verb: of
            :func:`acts`. since, until: days, inclusive.
    """
    rows = Entry.objects.all()
    if text:
        rows = rows.filter(Q(subject__icontains=text) | Q(address__startswith=text))
    if who:
        rows = rows.filter(by_id__in=Person.objects.named(who).values("pk"))
    if verb:
        rows = rows.filter(verb=verb)
    if since:
        rows = rows.filter(at__gte=_start(since))
    if until:
        rows = rows.filter(at__lt=_start(until + dt.timedelta(days=1)))
    return rows


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@dataclass
class ShownEntry:
    """An entry in words.

    Args:
        what: the act. who: the person, or None. community: its name. lines: (field, before, after).
    """

    entry: Entry
    what: str
    who: Person | None
    community: str
    lines: list[tuple[str, str, str]]

    @property
    def is_short(self) -> bool:
        """Return True if it fits in one line."""
        return len(self.lines) == 1 and len("".join(self.lines[0])) < 60


def entry_words(rows: Iterable[Entry]) -> list[ShownEntry]:
    """Return entries in words, with two queries."""
    rows = list(rows)
    people = Person.objects.only("name", "handle", "kind").in_bulk({row.by_id for row in rows if row.by_id})
    keys = {row.community_id for row in rows if row.community_id}
    names = dict(Community.objects.without_tree_fields().filter(pk__in=keys).values_list("pk", "name"))
    return [
        ShownEntry(
            row, _what(row.verb), people.get(row.by_id), names.get(row.community_id, ""), list(change_lines(row))
        )
        for row in rows
    ]


def _what(verb: str) -> str:
    kind = FACTS.get(verb)
    return str(kind.administrative) if kind and kind.administrative else verb


def change_lines(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield (field, before, after) in words."""
    for name in {**entry.before, **entry.after}:
        before, after = (_shown(entry.model, name, side.get(name)) for side in (entry.before, entry.after))
        yield str(field_words.get(name, name)), before, after


def _shown(model: str, name: str, value: Any) -> str:
    """Return a value for display; choices by their label."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(_shown(model, name, item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {item}" for key, item in value.items())
    return str(_choices(model, name).get(value, value))


def _choices(model: str, name: str) -> dict[Any, Any]:
    try:
        return dict(apps.get_model(model)._meta.get_field(name).flatchoices)
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError):
        return {}
