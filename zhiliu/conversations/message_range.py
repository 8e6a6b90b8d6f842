"""Ranges of a channel's messages, loaded by compiled queries, for opening and scrolling."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from zhiliu.directory.models import Department, Person
from zhiliu.kit.system.db import CompiledQuery

from .models import Attachment, Channel, Message
from .references import load_references

WINDOW = 40


@dataclass
class MessageRange:
    """A range of a channel, oldest first.

    Args:
        older, newer: whether there is more on that side.
    """

    messages: list[Message]
    older: bool = False
    newer: bool = False


def message_range(
    channel: Channel, *, before: int = 0, after: int = 0, around: int = 0, size: int = WINDOW
) -> MessageRange:
    """Return top-level messages of a channel: the newest, or those near a number.

    Numbers have no gaps, so every range is an index range, wherever it is.
    """
    last = channel.last_number
    if around:
        first = max(around - size // 2, 1)
    elif before:
        first = max(before - size, 1)
    elif after:
        first = after + 1
    else:
        first = max(last - size + 1, 1)
    end = min(first + size - 1, before - 1 if before else last)
    return MessageRange(_between(channel, first, end), older=first > 1, newer=end < last)


def number_on(channel: Channel, day: dt.datetime) -> int:
    """Return the number of the first message at or after a time, or the last number."""
    rows = Message.objects.filter(channel=channel, at__gte=day, root=None).order_by("at")
    return rows.values_list("number", flat=True).first() or channel.last_number


# Only the columns of an author that are rendered: a full person would add thirty columns per message.
_OF_MESSAGE = [field.attname for field in Message._meta.concrete_fields]
_DRAWN = {"id", "name", "handle", "kind", "is_active", "hired_on", "department_id", "photo_id"}
# In the order of the model, as ``from_db`` expects them.
_OF_AUTHOR = [field.attname for field in Person._meta.concrete_fields if field.attname in _DRAWN]


def _drawn(messages: QuerySet[Message]) -> QuerySet[Any, Any]:
    """Select the columns of messages, of their authors, and whether there are files."""
    return messages.annotate(has_files=Exists(Attachment.objects.filter(message=OuterRef("pk")))).values_list(
        *_OF_MESSAGE, *(f"by__{name}" for name in _OF_AUTHOR), "by__department__name", "has_files"
    )


_said = CompiledQuery(
    lambda channel, first, end: _drawn(
        Message.objects.filter(channel=channel, root=None, number__range=(first, end)).order_by("number")
    ),
    1,
    1,
    1,
)
_these = CompiledQuery(lambda keys: _drawn(Message.objects.filter(pk__among=keys).order_by()), [1])


@functools.cache
def _nothing() -> QuerySet[Attachment]:
    """Return an evaluated empty query set, so that no query is built for messages without files."""
    nothing = Attachment.objects.none()
    len(nothing)
    return nothing


def _between(channel: Channel, first: int, end: int) -> list[Message]:
    """Return messages by number, with everything loaded that is rendered."""
    return _made(_said.rows(channel.pk, first, end), channel)


def messages_by_key(keys: Sequence[int]) -> list[Message]:
    """Return messages of any channel and thread, unordered, with everything loaded that is rendered."""
    return _made(_these.rows(list(keys)))


def _made(rows: Iterable[tuple[Any, ...]], channel: Channel | None = None) -> list[Message]:
    authors = _Authors()
    messages, with_files = [], []
    for *row, has_files in rows:
        message = _message(row, authors)
        if channel is not None:
            message.channel = channel
        messages.append(message)
        if has_files:
            with_files.append(message)
        else:
            message._prefetched_objects_cache = {"attachments": _nothing()}  # type: ignore[attr-defined]
    prefetch_related_objects(with_files, "attachments__upload__file")
    load_references(messages)
    return messages


def _message(row: list[Any], authors: _Authors) -> Message:
    count = len(_OF_MESSAGE)
    message = Message.from_db(DEFAULT_DB_ALIAS, _OF_MESSAGE, row[:count])
    message.by = authors.author(message.by_id, row[count:])
    return message


class _Authors:
    """The authors of a range and their departments, each instantiated once."""

    def __init__(self) -> None:
        self._people: dict[int | None, Person | None] = {None: None}
        self._departments: dict[int | None, Department | None] = {None: None}

    def author(self, key: int | None, columns: list[Any]) -> Person | None:
        """Return the author with this key, from the columns of a message."""
        if key not in self._people:
            *values, department = columns
            person = Person.from_db(DEFAULT_DB_ALIAS, _OF_AUTHOR, values)
            person.department = self._department(person.department_id, department)
            self._people[key] = person
        return self._people[key]

    def _department(self, key: int | None, name: str) -> Department | None:
        if key not in self._departments:
            self._departments[key] = Department(pk=key, name=name)
        return self._departments[key]
