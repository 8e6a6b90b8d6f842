"""Import messages from elsewhere into a channel, in batches and without duplicates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.db import WritePause, insert_rows
from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.kit.text.markdown import render

from .facts import MessagesImported
from .models import Channel, ChannelMembership, Message
from .posting import MOST_CHARACTERS, take_place
from .rules import can_import

# A fact covers one batch, and the followers of the log process one fact at a time.
BATCH = 1000
_COLUMNS = [field.name for field in Message._meta.concrete_fields if field.name != "id"]


class ImportedMessage(NamedTuple):
    """A message from elsewhere.

    Args:
        client_id: its id at the source; deduplicates repeated imports.
    """

    client_id: str
    by_id: int
    at: dt.datetime
    body: str


def import_messages(channel: Channel, rows: Iterable[ImportedMessage], *, by: Person) -> int:
    """Append messages to a channel, in the given order.

    They mention nobody, and stay read for people who had read to the end. Batches are committed one by one: a repeated
    import after an interruption adds only what is missing.

    Returns:
        How many were new.

    Raises:
        Forbidden: does not manage the channel's community. Refused: a message without an id, without text, or too long;
            earlier batches stay.
    """
    require(can_import, by, channel)
    rows, breath, added = iter(rows), WritePause(), 0
    while batch := list(islice(rows, BATCH)):
        # Rendered before the transaction, so that others can write meanwhile.
        drawn = [
            (imported_message, render(imported_message.body, talk=True).html) for imported_message in _checked(batch)
        ]
        added += _keep(channel, drawn, by)
        breath.take()
    return added


def _checked(batch: Iterable[ImportedMessage]) -> Iterator[ImportedMessage]:
    for imported_message in batch:
        body = without_invisibles(imported_message.body).strip()
        if not imported_message.client_id or len(imported_message.client_id) > 40:
            raise Refused(_("Every imported message needs a name of at most 40 characters."))
        if not body or len(body) > MOST_CHARACTERS:
            raise Refused(_("The message “%(name)s” is empty or too long.") % {"name": imported_message.client_id})
        yield imported_message._replace(body=body)


def _keep(channel: Channel, rendered: list[tuple[ImportedMessage, str]], by: Person) -> int:
    with transaction.atomic():
        # Lock before looking for duplicates: a concurrent import of the same messages waits here.
        was = Channel.objects.select_for_update().get(pk=channel.pk)
        new = _without_known(rendered)
        if not new:
            return 0
        newest = max(imported_message.at for imported_message, _html in new)
        place = take_place(
            channel.pk, numbers=len(new), changes=len(new), at=max(newest, was.last_at) if was.last_at else newest
        )
        first = place.number - len(new) + 1
        change = place.change - len(new) + 1
        insert_rows(Message, _COLUMNS, _as_rows(channel.pk, new, first, change))
        # For people who had read to the end, imported messages count as read: they are old.
        ChannelMembership.objects.filter(channel=channel, read_number__gte=was.last_number).update(
            read_number=place.number
        )
        keys = Message.objects.filter(channel=channel, root=None, number__range=(first, place.number))
        announce(
            MessagesImported(
                channel_id=channel.pk,
                message_ids=tuple(keys.order_by("number").values_list("pk", flat=True)),
                changed=place.change,
                community_id=channel.community_id,
                by_id=by.pk,
            )
        )
    return len(new)


def _without_known(rendered: list[tuple[ImportedMessage, str]]) -> list[tuple[ImportedMessage, str]]:
    """Return the messages that do not exist yet, each once."""
    once = {
        (imported_message.by_id, imported_message.client_id): (imported_message, html)
        for imported_message, html in reversed(rendered)
    }
    known = _known(once)
    return [pair for key, pair in reversed(once.items()) if key not in known]


def _known(names: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which of the messages, by author and id, exist already.

    Queried pair by pair: in a join SQLite would look up every author with every id, and PostgreSQL would scan all
    messages.
    """
    pairs = list(names)
    marks = ", ".join(["(%s, %s)"] * len(pairs))
    # The last condition is that of the unique index: SQLite uses the index only if the query repeats it literally.
    found = (
        f"SELECT id FROM {Message._meta.db_table} AS there"  # noqa: S608 - a name of ours
        " WHERE there.by_id = named.by_id AND there.client_id = named.client_id AND NOT (client_id = '')"
    )
    sql = (
        f"WITH named (by_id, client_id) AS (VALUES {marks})"  # noqa: S608 - marks only
        f" SELECT by_id, client_id FROM named WHERE ({found}) IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for pair in pairs for value in pair])
        return set(cursor.fetchall())


def _as_rows(
    channel_id: int, new: list[tuple[ImportedMessage, str]], first: int, change: int
) -> Iterator[list[object]]:
    empty = {field.name: field.get_default() for field in Message._meta.concrete_fields}
    for place, (imported_message, html) in enumerate(new):
        values = {
            **empty,
            "channel": channel_id,
            "number": first + place,
            "changed": change + place,
            "by": imported_message.by_id,
            "body": imported_message.body,
            "html": html,
            "at": imported_message.at,
            "client_id": imported_message.client_id,
        }
        yield [values[name] for name in _COLUMNS]
