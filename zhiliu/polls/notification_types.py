"""Notifications about polls."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from zhiliu.communities.models import Membership
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import PollOpened


@offers_notification
class PollIsOpen(NotificationType):
    """Tells members who want all notifications about a new poll."""

    key = "polls.opened"
    fact = PollOpened
    icon = "vote"
    says = gettext_lazy("%(who)s started a poll: “%(title)s”")

    def recipients(self, fact: PollOpened) -> Iterable[int]:
        """Return the members who want all notifications."""
        return Membership.objects.filter(
            community=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        ).values_list("person_id", flat=True)
