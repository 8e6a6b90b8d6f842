"""Thanks where they are only mentioned."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Thanks


@offers_object_type
class ThanksKind(ModelObjectType[Thanks]):
    """Thanks: seen by the two people, on the page of whoever was thanked."""

    label = "thanks"
    model = Thanks
    select_related = ("to",)
    icon = "heart"
    name = pgettext_lazy("kind of thing", "Thanks")

    def seen_by(self, person: Any) -> QuerySet[Thanks]:
        """Those given or received by the reader."""
        return self.rows().filter(Q(to=person) | Q(by=person))

    def card(self, thanks: Thanks) -> ObjectCard:
        """The card of a loaded thanks; it leads to whoever was thanked."""
        url = thanks.to.get_absolute_url()
        return ObjectCard("thanks", thanks.pk, thanks.reason, url, "", thanks.community_id, thanks.at, thanks)
