"""Adding, removing and restoring photos of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from io import BytesIO
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.confined import Overrun, confined
from zhiliu.kit.system.content_types import type_of
from zhiliu.kit.system.pictures import PICTURES, BadPicture, squares
from zhiliu.kit.system.storage import store_file

from .facts import PhotoChanged, PhotoRemoved
from .models import Person, Photo
from .rules import can_remove_photo, can_set_photo

MAX_MEGABYTES = 20
# Longer than a moderator's decision can be undone.
KEPT_FOR = dt.timedelta(days=1)
_WHY_NOT = {
    "large": _("The picture has too many pixels. Make it smaller and try again."),
    "damaged": _("The picture is damaged and can’t be opened."),
}


def set_photo(person: Person, content: IO[bytes], *, by: Person) -> Photo:
    """Show a picture as a person's photo; its middle is cut to a square. Replaces an earlier photo.

    Args:
        content: the bytes of the picture, at their beginning.

    Raises:
        Forbidden: not by ``by``, or photos are switched off. Refused: it is no picture, is damaged or too large.
    """
    require(can_set_photo, by, person)
    photo = stored_photo(person, content, by=by)
    with transaction.atomic():
        show_photo(photo)
        change = Change(person.name, "directory.person")
        announce(PhotoChanged(photo_id=photo.pk, person_id=person.pk, by_id=by.pk), change=change)
    person.photo = photo
    return photo


def stored_photo(person: Person, content: IO[bytes], *, by: Person) -> Photo:
    """Return a new photo, stored in all sizes but not saved. The caller has checked permissions.

    Raises:
        Refused: see :func:`set_photo`.
    """
    photo = Photo(person=person, by=by)
    # Files are written before the row: a crash between the two leaves unused files, never missing ones.
    for side, square in zip(Photo.SIDES, _squares(content), strict=True):
        store_file(BytesIO(square), photo.path(side))
    return photo


def _squares(content: IO[bytes]) -> list[bytes]:
    picture = content.read((MAX_MEGABYTES << 20) + 1)
    if len(picture) > MAX_MEGABYTES << 20:
        raise Refused(_("The picture is larger than %(limit)s MB.") % {"limit": MAX_MEGABYTES}, field="photo")
    if type_of(picture[:8192], "") not in PICTURES:
        raise Refused(_("This is not a picture. Choose a JPEG, PNG, WebP or HEIC file."), field="photo")
    try:
        return confined(squares, picture, Photo.SIDES)
    except Overrun:
        raise Refused(_("The picture takes too long to read."), field="photo") from None
    except BadPicture as error:
        raise Refused(_WHY_NOT[error.code], field="photo") from None


def show_photo(photo: Photo) -> None:
    """Save a new photo as the one that is shown. The caller has checked permissions and announces it."""
    # Race: the row lock serialises two photos of a person sent at the same moment, and one sent while they leave.
    person = Person.objects.select_for_update().filter(pk=photo.person_id, is_active=True).first()
    if person is None:
        raise Refused(_("Only people who work here have a photo."))
    withdraw_photos([person.pk])
    photo.save()
    Person.objects.filter(pk=person.pk).update(photo=photo)


def remove_photo(person: Person, *, by: Person, reason: str = "") -> None:
    """Remove a person's photo. Idempotent.

    Args:
        reason: for the person; required when somebody else removes it.

    Raises:
        Forbidden: neither the person nor a moderator of theirs. Refused: the reason is missing.
    """
    require(can_remove_photo, by, person)
    if by.pk != person.pk and not reason:
        raise Refused(_("Say why: the person is told."), field="reason")
    with transaction.atomic():
        photo = Photo.objects.filter(person=person, removed_at=None).first()
        if photo is not None:
            hide_photo(photo, by=by, reason="" if by.pk == person.pk else reason)
    person.photo = None


def hide_photo(photo: Photo, *, by: Person, reason: str = "") -> None:
    """Stop showing a photo. Idempotent. The caller has checked permissions."""
    with transaction.atomic():
        shown = Photo.objects.filter(pk=photo.pk, removed_at=None)
        if shown.update(removed_at=timezone.now(), removed_by=by, reason=reason):
            Person.objects.filter(photo=photo).update(photo=None)
            fact = PhotoRemoved(photo_id=photo.pk, person_id=photo.person_id, by_id=by.pk)
            after = {"reason": reason} if reason else {}
            announce(fact, change=Change(photo.person.name, "directory.person", {}, after))


def restore_photo(photo: Photo, *, by: Person) -> None:
    """Show a photo again that a decision of moderators hid, unless the person has another one or has left.

    What the person removed or replaced, or was removed with a reason, stays away. The caller has checked permissions.
    """
    with transaction.atomic():
        hidden = Photo.objects.filter(pk=photo.pk, removed_by__isnull=False, reason="").exclude(removed_by=F("person"))
        people = Person.objects.filter(pk=photo.person_id, photo=None, is_active=True)
        if hidden.exists() and people.update(photo=photo):
            Photo.objects.filter(pk=photo.pk).update(removed_at=None, removed_by=None)
            fact = PhotoRemoved(photo_id=photo.pk, person_id=photo.person_id, by_id=by.pk, back=True)
            announce(fact, change=Change(photo.person.name, "directory.person"))


def withdraw_photos(people: Iterable[int]) -> None:
    """Stop showing the photos of these people, such as leavers. The caller has checked permissions and announces it."""
    keys = list(people)
    Photo.objects.filter(person__in=keys, removed_at=None).update(removed_at=timezone.now())
    Person.objects.filter(pk__in=keys).update(photo=None)


def delete_removed() -> None:
    """Delete the files of photos that were removed more than a day ago. Rows with a reason stay: they are told."""
    for photo in Photo.objects.filter(removed_at__lt=timezone.now() - KEPT_FOR).exclude(key=None):
        for side in Photo.SIDES:
            default_storage.delete(photo.path(side))
        if photo.reason:
            Photo.objects.filter(pk=photo.pk).update(key=None)
        else:
            photo.delete()
