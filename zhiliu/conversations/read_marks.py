"""Read marks: who has read a message, for its author.

They follow from how far each person has read, so nothing is written for a message. They are mutual: who does not show
what they have read does not see it of others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.directory.reach import visible_among
from zhiliu.kit.contracts.rules import require
from zhiliu.live.waking import broadcast_ephemeral

from .mentions import mentioned_people
from .models import Channel, ChannelMembership, Message
from .rules import can_see_readers, shows_reading

# Whoever comes back after weeks reads past many messages; only authors of the last ones have them on an open page.
LATEST_TOLD = 200
_READ_TO = Greatest("read_number", "seen_number")


def showing(people: QuerySet[Person]) -> QuerySet[Person]:
    """Return those who show what they have read; twin of ``rules.shows_reading``. Bots read nothing."""
    return people.filter(shows_reading=True, shows_presence=True).exclude(kind=Person.Kind.BOT)


def marks_for(channel: Channel, viewer: Person) -> dict[str, Any] | None:
    """Return what a page needs to show read marks; None to viewers who have none.

    Of a talk it has how far each of the others has read. In a community's channel the page asks for the messages that
    call everybody.
    """
    if not shows_reading(viewer, channel):
        return None
    if not channel.is_talk:
        return {"kind": "channel"}
    rows = _memberships(channel).exclude(person_id=viewer.pk)
    shown = showing(visible_among(viewer, rows.values("person")))
    read = dict(rows.filter(person__in=shown.values("pk")).values_list("person_id", _READ_TO))
    return {"kind": "pair" if rows.count() == 1 else "group", "read": read}


def _memberships(channel: Channel) -> QuerySet[ChannelMembership]:
    return ChannelMembership.objects.filter(channel=channel)


@dataclass
class Readers:
    """Who has read a message, among those the author can see and who show it.

    Args:
        others: how many more are addressed, of whom nothing is said.
    """

    read: list[Person]
    unread: list[Person]
    others: int

    @property
    def sentence(self) -> str:
        """How many have read it, of how many."""
        return _("Read by %(read)s of %(all)s") % {"read": len(self.read), "all": len(self.read) + len(self.unread)}


def readers_of(message: Message, *, viewer: Person) -> Readers:
    """Return who has read a message.

    Raises:
        Forbidden: not its author, a message without read marks, or the viewer does not show what they have read.
    """
    require(can_see_readers, viewer, message)
    addressed = mentioned_people(message.channel).exclude(pk=message.by_id or 0).exclude(kind=Person.Kind.BOT)
    known = showing(visible_among(viewer, addressed.values("pk")))
    people = list(known.select_related("department").order_by("name", "pk"))
    rows = _memberships(message.channel).annotate(to=_READ_TO).filter(to__gte=message.number)
    has_read = set(rows.values_list("person_id", flat=True))
    return Readers(
        read=[person for person in people if person.pk in has_read],
        unread=[person for person in people if person.pk not in has_read],
        others=addressed.count() - len(people),
    )


def tell_authors(channel: Channel, before: int, number: int, *, reader: Person) -> None:
    """Tell open pages of authors, after the commit, that somebody has read on. It is stored nowhere and not logged."""
    if not shows_reading(reader, channel):
        return
    if channel.is_talk:
        others = showing(Person.objects.active()).filter(channel_memberships__channel=channel).exclude(pk=reader.pk)
        _tell(others.values_list("pk", flat=True), {"channel": channel.pk, "by": reader.pk, "read": number})
        return
    calling = Message.objects.filter(
        channel=channel, root=None, number__gt=max(before, number - LATEST_TOLD), number__lte=number
    ).filter(called__everybody=True)
    for key, author in calling.exclude(by=reader).values_list("pk", "by_id"):
        _tell([author], {"channel": channel.pk, "message": key})


def _tell(person_ids: Iterable[int | None], event: dict[str, Any]) -> None:
    ids = [key for key in person_ids if key is not None]

    def tell() -> None:
        for key in ids:
            broadcast_ephemeral(("person", key), "seen", event)

    transaction.on_commit(tell)
