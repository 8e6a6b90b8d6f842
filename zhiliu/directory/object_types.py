"""Object types of the directory: photos, which can be reported."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type
from zhiliu.kit.web.addresses import address

from .models import Photo
from .reach import visible_people


@offers_object_type
class PhotoKind(ModelObjectType[Photo]):
    """A photo of a person."""

    label = "photo"
    model = Photo
    select_related = ("person",)
    icon = "image"
    name = pgettext_lazy("kind of thing", "Photo")

    def seen_by(self, person: Any) -> QuerySet[Photo]:
        """Return the photos of visible people that are shown, and all of the person's own."""
        shown = Q(removed_at=None, person__in=visible_people(person))
        return self.rows().filter(shown | Q(person=person.pk))

    def card(self, photo: Photo) -> ObjectCard:
        """Return the card of a loaded photo; it leads to the page of the photo."""
        title, url = (
            _("Photo of %(name)s") % {"name": photo.person.name},
            address("directory:photo", photo.person.handle),
        )
        return ObjectCard("photo", photo.pk, title, url, "", None, photo.at, photo)
