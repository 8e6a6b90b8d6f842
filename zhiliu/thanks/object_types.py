"""The object type of thanks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Thanks


@offers_object_type
class ThanksKind(ModelObjectType[Thanks]):
    """Thanks: visible to the two people, on the recipient's profile."""

    label = "thanks"
    model = Thanks
    select_related = ("to",)
    icon = "heart"
    name = pgettext_lazy("kind of thing", "Thanks")

    def seen_by(self, person: Any) -> QuerySet[Thanks]:
        """Return thanks given or received by the reader."""
        return self.rows().filter(Q(to=person) | Q(by=person))

    def card(self, thanks: Thanks) -> ObjectCard:
        """Return the card of loaded thanks; it links to the recipient's profile."""
        url = thanks.to.get_absolute_url()
        return ObjectCard("thanks", thanks.pk, thanks.reason, url, "", thanks.community_id, thanks.at, thanks)
