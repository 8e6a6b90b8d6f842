"""Polls where they are only mentioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import ngettext, pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, offers_object_type

from .models import Poll


@offers_object_type
class PollKind(ObjectType):
    """Polls; they stand beside the line."""

    label = "poll"
    page = "polls:poll"
    icon = "vote"
    name = pgettext_lazy("kind of thing", "Poll")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """One query."""
        polls = Poll.objects.filter(pk__in=list(keys)).select_related("community")
        return {poll.pk: self.card(poll) for poll in polls}

    def card(self, poll: Poll) -> ObjectCard:
        """The card of a loaded poll."""
        text = ngettext("%(count)s vote", "%(count)s votes", poll.ballot_count) % {"count": poll.ballot_count}
        return ObjectCard(
            "poll", poll.pk, poll.question, poll.get_absolute_url(), text, poll.community_id, poll.at, poll
        )

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Through the query set's twin."""
        return set(Poll.objects.visible_to(person).filter(pk__in=list(keys)).values_list("pk", flat=True))
