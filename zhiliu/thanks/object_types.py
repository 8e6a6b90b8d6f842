"""Thanks where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .models import Thanks


@offers_object_type
class ThanksKind(ObjectType):
    """Thanks: seen by the two people, on the page of whoever was thanked."""

    label = "thanks"
    icon = "heart"
    name = pgettext_lazy("kind of thing", "Thanks")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        rows = Thanks.objects.filter(pk__in=list(keys)).select_related("to")
        return {
            row.pk: ObjectCard(
                "thanks", row.pk, row.reason, row.to.get_absolute_url(), "", row.community_id, row.at, row
            )
            for row in rows
        }

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Those given or received by the reader."""
        mine = Thanks.objects.filter(Q(to=person) | Q(by=person), pk__in=list(keys))
        return set(mine.values_list("pk", flat=True))
