"""Needs and topics where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import ngettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .models import Need, Topic


@offers_object_type
class NeedKind(ObjectType):
    """Needs: the first station."""

    label = "need"
    page = "needs:need"
    icon = "hand"
    name = pgettext_lazy("kind of thing", "Need")
    station = 0

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return {need.pk: self.card(need) for need in Need.objects.filter(pk__in=list(keys))}

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return {need.pk: self.card(need) for need in Need.objects.visible_to(person).filter(pk__in=list(keys))}

    def card(self, need: Need) -> ObjectCard:
        """The card of a loaded need."""
        people = need.support_count + 1
        text = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
        return ObjectCard("need", need.pk, need.title, need.get_absolute_url(), text, need.community_id, need.at, need)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Need.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))


@offers_object_type
class TopicKind(ObjectType):
    """Topics: the second station."""

    label = "topic"
    page = "needs:topic"
    icon = "lightbulb"
    name = pgettext_lazy("kind of thing", "Topic")
    station = 1

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return {topic.pk: self.card(topic) for topic in Topic.objects.filter(pk__in=list(keys))}

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        return {topic.pk: self.card(topic) for topic in Topic.objects.visible_to(person).filter(pk__in=list(keys))}

    def card(self, topic: Topic) -> ObjectCard:
        """The card of a loaded topic."""
        text = ngettext("%(count)s vote", "%(count)s votes", topic.vote_count) % {"count": topic.vote_count}
        return ObjectCard(
            "topic", topic.pk, topic.title, topic.get_absolute_url(), text, topic.community_id, topic.at, topic
        )

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Topic.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))
