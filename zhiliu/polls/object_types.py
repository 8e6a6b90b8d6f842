"""The object type of polls."""

from __future__ import annotations

from django.utils.translation import ngettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ModelObjectType, ObjectCard, offers_object_type

from .models import Poll


@offers_object_type
class PollKind(ModelObjectType[Poll]):
    """A poll; it is not a station of the lineage."""

    label = "poll"
    model = Poll
    select_related = ("community",)
    page = "polls:poll"
    icon = "vote"
    name = pgettext_lazy("kind of thing", "Poll")

    def card(self, poll: Poll) -> ObjectCard:
        """Return the card of a loaded poll."""
        text = ngettext("%(count)s vote", "%(count)s votes", poll.ballot_count) % {"count": poll.ballot_count}
        return ObjectCard(
            "poll", poll.pk, poll.question, poll.get_absolute_url(), text, poll.community_id, poll.at, poll
        )
