"""Convert messages of a conversation into something else; quoted authors are notified and may object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.contracts.conversions import Conversion, Destination, Outcome, destinations
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.text.markdown import plain
from zhiliu.kit.text.talk_markdown import from_talk
from zhiliu.kit.web.addresses import address

from .facts import LeftOutAsked, Quoted
from .models import Channel, Message, Quotation
from .rules import can_see

MOST = 200
TITLE = 40


def open_destinations(channel: Channel, person: Person) -> list[tuple[str, Destination]]:
    """Return the destinations messages of the channel can be converted to by this person."""
    registered = [(key, destinations.get(key)) for key in destinations.names()]
    return [
        (key, destination)
        for key, destination in registered
        if destination is not None and destination.open_to(person, channel.community_id)
    ]


def excerpt_of(channel: Channel, messages: Sequence[Message]) -> Conversion:
    """Return the messages with their authors, oldest first, each with a link back.

    Args:
        messages: of the channel, in order, with ``by`` and files loaded.
    """
    first = " ".join(plain(messages[0].body, talk=True).split())
    lines = [
        f"{_name(message)}{pgettext('after a label', ': ')}{plain(message.body, talk=True).strip()}"
        for message in messages
    ]
    return Conversion(
        community_id=channel.community_id,
        title=first[:TITLE] or _("From a conversation"),
        markdown="\n\n".join(_quoted(message) for message in messages),
        plain="\n".join(lines),
        sources=tuple(("message", message.pk) for message in messages),
    )


def _name(message: Message) -> str:
    return message.by.name if message.by else _("Former colleague")


def _quoted(message: Message) -> str:
    at = timezone.localtime(message.at)
    link = message.get_absolute_url()
    lines = "\n".join(f"> {line}" for line in from_talk(message.body).split("\n"))
    files = "\n".join(f"> {_file(attachment.upload)}" for attachment in message.attachments.all())
    parts = "\n>\n".join(part for part in (lines if message.body else "", files) if part)
    return f"**{_name(message)}** · [{at:%Y-%m-%d %H:%M}]({link})\n\n{parts}"


def _file(upload: Upload) -> str:
    """Return a picture as an image, anything else as a link. Both stay visible only to readers of the channel."""
    name = upload.name.replace("[", "(").replace("]", ")")
    mark = "!" if upload.file.is_picture else ""
    return f"{mark}[{name}]({address('conversations:file', upload.key)})"


def turn_into(key: str, channel: Channel, message_ids: Sequence[int], *, by: Person) -> Outcome:
    """Convert messages of a channel.

    Args:
        key: of the destination.

    Raises:
        Forbidden: not open to this person. Refused: nothing chosen, or no such destination.
    """
    require(can_see, by, channel)
    destination = destinations.get(key)
    if destination is None:
        raise Refused(_("Can’t turn this into that."))
    if not destination.open_to(by, channel.community_id):
        raise Forbidden(_("You can’t create this here."))
    rows = Message.objects.filter(channel=channel, pk__in=list(message_ids)[:MOST], withdrawn_at=None)
    rows = rows.select_related("by").prefetch_related("attachments__upload__file")
    messages = list(rows.order_by("at", "pk"))
    if not messages:
        raise Refused(_("Choose at least one message."))
    with transaction.atomic():
        outcome = destination.turn(excerpt_of(channel, messages), by)
        if outcome.thing is not None:
            tell_quoted(channel, messages, outcome.thing, by)
    return outcome


def tell_quoted(channel: Channel, messages: Sequence[Message], thing: tuple[str, int], by: Person) -> None:
    """Store the quotations, and notify each author once; they may ask to be left out."""
    kind, key = thing
    rows = [Quotation(message=message, author_id=message.by_id, kind=kind, thing_id=key, by=by) for message in messages]
    Quotation.objects.bulk_create(rows, ignore_conflicts=True)
    people = tuple(sorted({message.by_id for message in messages if message.by_id and message.by_id != by.pk}))
    if people:
        announce(
            Quoted(
                channel_id=channel.pk,
                kind=kind,
                thing_id=key,
                person_ids=people,
                community_id=channel.community_id,
                by_id=by.pk,
            )
        )


def ask_to_be_left_out(channel: Channel, kind: str, thing_id: int, *, by: Person) -> int:
    """Ask that one's own messages of this channel are not quoted there. Idempotent.

    Returns:
        How many were quoted.
    """
    mine: Any = Quotation.objects.filter(message__channel=channel, message__by=by, kind=kind, thing_id=thing_id)
    drafter = mine.values_list("by_id", flat=True).first()
    with transaction.atomic():
        count: int = mine.filter(objected_at=None).update(objected_at=timezone.now())
        if count:
            announce(
                LeftOutAsked(
                    channel_id=channel.pk,
                    kind=kind,
                    thing_id=thing_id,
                    drafter_id=drafter,
                    community_id=channel.community_id,
                    by_id=by.pk,
                )
            )
    return count
