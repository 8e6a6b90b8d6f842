"""Moderation of photos: evidence and removal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.moderated_types import Evidence, ModeratedType, RecentPost, offers_moderated
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.addresses import address

from .facts import PhotoChanged
from .models import Person, Photo
from .photos import hide_photo, restore_photo


@offers_moderated
class Photos(ModeratedType):
    """Photos of people: never held for review, but reported and taken down."""

    kind, said = "photo", PhotoChanged
    says_removed = gettext_lazy("Your photo was removed. %(words)s")
    says_reopened = gettext_lazy("Your photo is being reviewed again")

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """Refuse: nothing is held."""
        raise Refused(_("The place for this no longer exists."))

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        photo = Photo.objects.select_related("person").filter(pk=thing_id).first()
        if photo is not None:
            hide_photo(photo, by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        photo = Photo.objects.select_related("person").filter(pk=thing_id).first()
        if photo is not None:
            restore_photo(photo, by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Return photos; their page shows them large."""
        return {photo.pk: _exhibit(photo) for photo in Photo.objects.filter(pk__in=list(keys)).select_related("person")}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """Return nothing: no photo is held."""
        return []

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """Return nothing: photos are no text."""
        return []


def _exhibit(photo: Photo) -> Evidence:
    return Evidence(
        text=_("Photo of %(name)s") % {"name": photo.person.name},
        where="",
        author_id=photo.person_id,
        url=address("directory:photo", photo.person.handle),
        at=photo.at,
        is_down=photo.removed_at is not None,
    )
