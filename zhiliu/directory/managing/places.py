"""Administration of locations and their rooms."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Picture, change, picture
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..facts import LocationChanged
from ..models import Location, Person, Room
from ..rules import is_admin


def save_location(location: Location | None, *, name: str, by: Person) -> Location:
    """Rename a location, or create one when ``location`` is None.

    Raises:
        Refused: the name is taken.
    """
    require(is_admin, by)
    saved = location or Location()
    saved.name = name
    try:
        with transaction.atomic():
            was = picture(Location, saved.pk)
            saved.save()
            fact = LocationChanged(location_id=saved.pk, act="changed" if location else "added", by_id=by.pk)
            announce(fact, change=change(was, picture(Location, saved.pk)))
    except IntegrityError:
        raise Refused(_("A location with this name already exists."), field="name") from None
    return saved


def remove_location(location: Location, *, by: Person) -> None:
    """Remove a location without people and rooms. Idempotent.

    Raises:
        Refused: it has people or rooms.
    """
    require(is_admin, by)
    with transaction.atomic():
        if Person.objects.active().filter(location=location.pk).exists():
            raise Refused(_("This location is in use. Move those people first."))
        if Room.objects.filter(location=location.pk).exists():
            raise Refused(_("It has rooms. Remove them first."))
        was = picture(Location, location.pk)
        if Location.objects.filter(pk=location.pk).delete()[0]:
            fact = LocationChanged(location_id=location.pk, act="removed", by_id=by.pk)
            announce(fact, change=change(was, Picture()))


def save_room(room: Room | None, *, location: Location, name: str, seats: int, by: Person) -> Room:
    """Change a room, or create one when ``room`` is None.

    Raises:
        Refused: the location has a room of this name.
    """
    require(is_admin, by)
    saved = room or Room()
    saved.location, saved.name, saved.seats = location, name, seats
    act = "changed" if room else "added"
    try:
        with transaction.atomic():
            was = picture(Room, saved.pk)
            saved.save()
            fact = LocationChanged(location_id=location.pk, room_id=saved.pk, act=act, by_id=by.pk)
            announce(fact, change=change(was, picture(Room, saved.pk)))
    except IntegrityError:
        raise Refused(_("This location already has a room with this name."), field="name") from None
    return saved


def remove_room(room: Room, *, by: Person) -> None:
    """Remove a room; gatherings planned there keep its name. Idempotent."""
    require(is_admin, by)
    with transaction.atomic():
        was = picture(Room, room.pk)
        if Room.objects.filter(pk=room.pk).delete()[0]:
            fact = LocationChanged(location_id=room.location_id, room_id=room.pk, act="removed", by_id=by.pk)
            announce(fact, change=change(was, Picture()))
