"""Object types for decisions, sanctions and queues, the targets of notifications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Permission
from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, ObjectType, cards_for, offers_object_type
from zhiliu.kit.web.addresses import address

from .models import Decision, Sanction
from .reach import ids_with


@offers_object_type
class DecisionKind(ModelObjectType[Decision]):
    """A decision, for the people concerned: the author and the reporters."""

    label = "decision"
    model = Decision
    select_related = ("community",)
    icon = "shield"
    name = pgettext_lazy("kind of thing", "Decision")

    def seen_by(self, person: Any) -> QuerySet[Decision]:
        """Return decisions about the person's posts and reports."""
        return self.rows().filter(Q(author=person.pk) | Q(reports__by=person.pk))

    def cards(self, rows: Iterable[Decision]) -> dict[int, ObjectCard]:
        """Include the cards of published objects."""
        decisions = list(rows)
        standing = [(row.kind, row.thing_id) for row in decisions if row.thing_id and not row.is_taken_down]
        published = cards_for(standing)
        return {row.pk: self.card(row, published.get((row.kind, row.thing_id or 0))) for row in decisions}

    def card(self, decision: Decision, published: ObjectCard | None = None) -> ObjectCard:
        """Return the card of a loaded decision: it links to the published object, else to the reader's own record."""
        title = decision.community.name if decision.community else _("Moderation")
        url = published.url if published else f"{address('moderation:mine')}#decision-{decision.pk}"
        return ObjectCard("decision", decision.pk, title, url, "", decision.community_id, decision.at, decision)


@offers_object_type
class SanctionKind(ModelObjectType[Sanction]):
    """A sanction, for the person and the community's moderators."""

    label = "sanction"
    model = Sanction
    select_related = ("community", "person")
    icon = "gavel"
    name = pgettext_lazy("kind of thing", "Sanction")
    page = "moderation:sanction"

    def card(self, sanction: Sanction) -> ObjectCard:
        """Return the card of a loaded sanction."""
        title = f"{sanction.get_kind_display()} · {sanction.community.name}"
        url, community = sanction.get_absolute_url(), sanction.community_id
        return ObjectCard("sanction", sanction.pk, title, url, sanction.reason, community, sanction.at, sanction)


@offers_object_type
class QueueKind(ObjectType):
    """The queue of a community (its id is the community's), for its moderators."""

    label = "moderation"
    icon = "shield"
    name = pgettext_lazy("kind of thing", "Moderation")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Takes one query; id 0 means objects without a community."""
        ids = list(keys)
        rows = Community.objects.without_tree_fields().filter(pk__in=ids)
        cards = {
            row.pk: ObjectCard("moderation", row.pk, row.name, address("moderation:queue", row.slug), "", row.pk)
            for row in rows
        }
        if 0 in ids:
            cards[0] = ObjectCard("moderation", 0, _("Direct messages"), address("moderation:everywhere"))
        return cards

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Return those the person moderates."""
        ids = set(keys)
        return ids if person.is_admin else ids & set(ids_with(Permission.MODERATE, person))
