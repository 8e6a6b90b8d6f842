"""What people are told about polls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.communities.models import Membership
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import PollOpened


@offers_notification
class PollIsOpen(NotificationType):
    """Members who want to know everything learn of a new poll."""

    key = "polls.opened"
    fact = PollOpened
    icon = "vote"

    def recipients(self, fact: PollOpened) -> Iterable[int]:
        """Those whose involvement is everything."""
        return Membership.objects.filter(
            community=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        ).values_list("person_id", flat=True)

    def sentence(self, row: Any) -> Any:
        """Who asks what."""
        return _("%(who)s started a poll: “%(title)s”") % {"who": row.who, "title": row.title}
