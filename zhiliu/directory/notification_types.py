"""What people are told about their own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import PasswordSet


@offers_notification
class PasswordSetByLink(NotificationType):
    """A password was set through a link; whoever it belongs to should know."""

    key = "directory.password_set"
    group = "mine"
    fact = PasswordSet
    icon = "key-round"
    mail = True

    def recipients(self, fact: PasswordSet) -> Iterable[int]:
        """The person; who comes in for the first time knows it."""
        return [] if fact.first else [fact.person_id]

    def thing(self, fact: PasswordSet) -> tuple[str, int] | None:
        """Nothing one could open."""
        return None

    def sentence(self, row: Any) -> Any:
        """That it happened, and what to do."""
        return _("Your password was set through a link. If that wasn’t you, tell an administrator.")
