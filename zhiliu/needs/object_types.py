"""Object types of needs and topics."""

from __future__ import annotations

from django.utils.translation import ngettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Need, Topic


@offers_object_type
class NeedKind(ModelObjectType[Need]):
    """Needs: the first station of a line."""

    label = "need"
    model = Need
    page = "needs:need"
    icon = "hand"
    name = pgettext_lazy("kind of thing", "Need")
    station = 0

    def card(self, need: Need) -> ObjectCard:
        """Return the card of a loaded need."""
        people = need.support_count + 1
        text = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
        return ObjectCard("need", need.pk, need.title, need.get_absolute_url(), text, need.community_id, need.at, need)


@offers_object_type
class TopicKind(ModelObjectType[Topic]):
    """Topics: the second station of a line."""

    label = "topic"
    model = Topic
    page = "needs:topic"
    icon = "lightbulb"
    name = pgettext_lazy("kind of thing", "Topic")
    station = 1

    def card(self, topic: Topic) -> ObjectCard:
        """Return the card of a loaded topic."""
        text = ngettext("%(count)s vote", "%(count)s votes", topic.vote_count) % {"count": topic.vote_count}
        return ObjectCard(
            "topic", topic.pk, topic.title, topic.get_absolute_url(), text, topic.community_id, topic.at, topic
        )
