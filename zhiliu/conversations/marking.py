"""How far somebody has read, the same on all their devices; and what they want to be told of a channel."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.kit.db import Prepared
from zhiliu.kit.rules import require
from zhiliu.live.waking import whisper

from .models import Channel, Mention, Part
from .rules import can_see


def part_in(channel: Channel, person: Person) -> Part:
    """Somebody's part in a channel; at their first look into a public one they begin at its end."""
    part = _part.first(channel.pk, person.pk)
    if part is None:
        first = {"read_number": channel.last_number}
        part, _is_new = Part.objects.get_or_create(channel=channel, person_id=person.pk, defaults=first)
    return part


_part = Prepared(lambda channel, person: Part.objects.filter(channel=channel, person=person).order_by(), 1, 1)


def read_to(channel: Channel, number: int, *, by: Person) -> None:
    """Somebody has read up to message ``number``. It never goes back by itself: an older device changes nothing."""
    require(can_see, by, channel)
    number = min(number, channel.last_number)
    with transaction.atomic():
        part_in(channel, by)
        if Part.objects.filter(channel=channel, person=by, read_number__lt=number).update(read_number=number):
            _count_calls(channel, by)
            _tell_devices(channel, by)


def unread_from(channel: Channel, number: int, *, by: Person) -> None:
    """Mark message ``number`` and all after it as unread."""
    require(can_see, by, channel)
    with transaction.atomic():
        part_in(channel, by)
        Part.objects.filter(channel=channel, person=by).update(read_number=max(min(number, channel.last_number) - 1, 0))
        _count_calls(channel, by)
        _tell_devices(channel, by)


def _count_calls(channel: Channel, person: Person) -> None:
    part = Part.objects.get(channel=channel, person=person)
    unread = Mention.objects.filter(
        person=person, message__channel=channel, message__root=None, message__number__gt=part.read_number
    )
    Part.objects.filter(pk=part.pk).update(calls=unread.count())


def _tell_devices(channel: Channel, person: Person) -> None:
    """After the commit and without a trace in the log: how far somebody read is nobody else's business."""
    part = Part.objects.get(channel=channel, person=person)
    said = {"channel": channel.pk, "read": part.read_number, "calls": part.calls}
    transaction.on_commit(lambda: whisper(("person", person.pk), "read", said))


def choose_involvement(channel: Channel, involvement: str, *, by: Person) -> None:
    """Choose what one is told of a channel: everything, what concerns one, nothing."""
    require(can_see, by, channel)
    part_in(channel, by)
    Part.objects.filter(channel=channel, person=by).update(involvement=Part.Involvement(involvement))


def put_away(channel: Channel, *, by: Person) -> None:
    """Take a talk off one's list until somebody writes in it."""
    Part.objects.filter(channel=channel, person=by, channel__kind=Channel.Kind.TALK).update(hidden_at=timezone.now())
