"""What the audit keeps about an administrative act besides its fact: the subject's name, and its fields before and
after.

A fact whose class is ``administrative`` is passed to the provider of :data:`auditor`, in the transaction of the act,
with the :class:`Change` its verb gives. Facts hold ids only; their texts are kept apart from the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field, Model

from .registry import Provider

# Fields the audit leaves out: secret, or of no interest to its readers.
UNTOLD = {
    *("id", "version", "html", "password", "calendar_key", "last_login", "theme", "secret", "logo", "logo_digest"),
    *("address_round", "came_in_at", "photo"),
    *("member_count", "size_told_at", "sleep_told_at", "tree_depth", "tree_path", "tree_ordering"),
}
LONGEST = 2000


@dataclass(frozen=True)
class Change:
    """What an act changed on an object.

    Args:
        subject: the object's name. model: its label (``directory.person``), '' for none.
        before, after: fields that differ, by name, as JSON values; empty for acts that change no field.
    """

    subject: str = ""
    model: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClientInfo:
    """The source of an act.

    Args:
        door: ``page``, ``job``, ``mail``, ``command``, else ``system``. address: the network address. agent: the
            browser's user agent.
    """

    door: str = "system"
    address: str = ""
    agent: str = ""


# Client info of the current request; outside requests, that of the process.
whence: ContextVar[ClientInfo] = ContextVar("whence")
_process = ClientInfo()
# Called with the fact of an administrative act and its change.
auditor: Provider[Callable[[Any, Change], None]] = Provider("keeper of administrative acts")
# Labels of the fields of audited models, by field name; apps add theirs in ``audit_labels.py``.
field_words: dict[str, Any] = {}


def started_as(door: str) -> None:
    """Set the source of acts outside requests, for all threads of this process."""
    global _process
    _process = ClientInfo(door)


def current_client_info() -> ClientInfo:
    """Return the source of an act that happens now."""
    return whence.get(_process)


@dataclass(frozen=True)
class Picture:
    """A snapshot of an object.

    Args:
        subject, model: as in :class:`Change`. values: by field name.
    """

    subject: str = ""
    model: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def picture(model: type[Model], key: Any) -> Picture:
    """Return a snapshot of the row ``key`` of ``model``; an empty one if there is no such row."""
    thing = model._base_manager.filter(pk=key).first()
    return Picture() if thing is None else picture_of(thing)


def picture_of(thing: Model) -> Picture:
    """Return a snapshot of an object as it is in memory."""
    values = {field.name: _plain(field, thing) for field in thing._meta.concrete_fields if field.name not in UNTOLD}
    return Picture(str(thing)[:200], thing._meta.label_lower, values)


def change(before: Picture, after: Picture) -> Change:
    """Return the fields that differ between two snapshots. Fields that are empty in both are left out."""
    names = [name for name in {**before.values, **after.values} if before.values.get(name) != after.values.get(name)]
    changed = [name for name in names if not (_empty(before.values.get(name)) and _empty(after.values.get(name)))]
    return Change(
        subject=after.subject or before.subject,
        model=after.model or before.model,
        before={name: before.values[name] for name in changed if name in before.values},
        after={name: after.values[name] for name in changed if name in after.values},
    )


def _plain(item: Field[Any, Any], thing: Model) -> Any:
    if item.is_relation:
        related = getattr(thing, item.name)
        return None if related is None else str(related)[:200]
    value = getattr(thing, item.attname)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, str):
        return value[:LONGEST]
    return value if isinstance(value, (int, float, bool, list, dict, type(None))) else str(value)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
