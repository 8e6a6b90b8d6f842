"""Photos of many people from one ZIP file, named by employee number."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import PhotosImported
from .models import Person, Photo
from .photos import MAX_MEGABYTES, show_photo, stored_photo
from .rules import is_admin, shows_photos

# So many take less than half a minute, which a request may last behind a proxy.
MOST = 200
# Damaged, encrypted, packed in a way Python cannot read, or with names that are no text.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError, ValueError)


@dataclass
class PhotoImport:
    """The outcome for each file.

    Args:
        added: people who have a new photo. unknown: files whose name is no employee number of a colleague.
        unread: (name of the file, why it was not taken).
    """

    added: list[Person] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def import_photos(packed: IO[bytes], *, by: Person) -> PhotoImport:
    """Set the photos of a ZIP file with pictures named like ``1024.jpg``, the employee number. May be repeated.

    Raises:
        Forbidden: not an administrator, or photos are switched off. Refused: it is no ZIP file, or has too many files.
    """
    require(shows_photos, by)
    require(is_admin, by)
    try:
        archive = zipfile.ZipFile(packed)
    except _UNREADABLE:
        raise Refused(_("This is not a ZIP file, or it is damaged."), field="packed") from None
    with archive:
        return _imported(archive, by)


def _imported(archive: zipfile.ZipFile, by: Person) -> PhotoImport:
    entries = list(_pictures(archive))
    if len(entries) > MOST:
        raise Refused(_("Pack at most %(n)s pictures into one file.") % {"n": MOST}, field="packed")
    numbers = [PurePosixPath(entry.filename).stem for entry in entries]
    people = {person.employee_number: person for person in Person.objects.active().filter(employee_number__in=numbers)}
    outcome, photos = PhotoImport(), []
    for entry, number in zip(entries, numbers, strict=True):
        name = PurePosixPath(entry.filename).name
        person = people.get(number)
        if person is None:
            outcome.unknown.append(name)
            continue
        try:
            if person in outcome.added:
                raise Refused(_("Another picture in this file is for the same person."))
            photos.append(stored_photo(person, _content(archive, entry), by=by))
            outcome.added.append(person)
        except Refused as refused:
            outcome.unread.append((name, str(refused)))
    _show(photos, by)
    return outcome


def _pictures(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """Yield the files, without folders and what Macs add."""
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename)
        if not entry.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith("."):
            yield entry


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    try:
        with archive.open(entry) as content:
            # One byte more than is taken: that it is too large is said by who takes it.
            return BytesIO(content.read((MAX_MEGABYTES << 20) + 1))
    except _UNREADABLE:
        raise Refused(_("The picture is damaged and can’t be opened.")) from None


def _show(photos: list[Photo], by: Person) -> None:
    if not photos:
        return
    with transaction.atomic():
        for photo in photos:
            show_photo(photo)
        names = "、".join(photo.person.name for photo in photos)
        fact = PhotosImported(person_ids=tuple(photo.person_id for photo in photos), by_id=by.pk)
        announce(fact, change=Change(after={"photos": names}))
