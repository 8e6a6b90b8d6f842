"""Speaking turns (the *floor*): for a while only some people can post in a channel, and others use a thread.

A higher layer owns the turn (an evening sharing) and decides who may start and end it; this module only stores it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from .facts import FloorChanged
from .models import Channel, Message
from .rules import can_reply


def give_floor(channel: Channel, people: Iterable[Person], *, aside: Message, by: Person) -> None:
    """Restrict posting in the channel to some people until it is freed. Idempotent for the same people.

    Args:
        aside: the message with the thread for everybody else.

    Raises:
        Forbidden: ``by`` does not take part in the channel.
    """
    require(can_reply, by, channel)
    _set(channel, {"people": sorted(person.pk for person in people), "aside": aside.pk}, by)


def free_floor(channel: Channel, *, by: Person | None = None) -> None:
    """Let everybody post again. Idempotent. ``by`` is None for a timeout."""
    _set(channel, None, by)


def _set(channel: Channel, floor: dict[str, object] | None, by: Person | None) -> None:
    with transaction.atomic():
        now = Channel.objects.select_for_update().get(pk=channel.pk)
        if now.floor == floor:
            return
        Channel.objects.filter(pk=channel.pk).update(floor=floor)
        announce(FloorChanged(channel_id=channel.pk, community_id=channel.community_id, by_id=by.pk if by else None))
    channel.floor = floor


def free_floors_of(person_ids: Iterable[int]) -> None:
    """Remove leavers from speaking turns; a turn without people ends."""
    leavers = set(person_ids)
    for channel in Channel.objects.filter(floor__isnull=False):
        floor = channel.floor or {}
        staying = [key for key in floor["people"] if key not in leavers]
        if staying != floor["people"]:
            _set(channel, {**floor, "people": staying} if staying else None, None)
