"""What people are told about thanks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import Thanked


@offers_notification
class SomebodyThanksYou(NotificationType):
    """Whoever is thanked reads why."""

    key = "thanks.thanks_given"
    group = "support"
    fact = Thanked
    icon = "heart"
    calls = True
    mail = True

    def recipients(self, fact: Thanked) -> Iterable[int]:
        """The one who is thanked."""
        return [fact.to_id]

    def sentence(self, row: Any) -> Any:
        """Who, and why."""
        return _("%(who)s thanks you: “%(title)s”") % {"who": row.who, "title": row.title}
