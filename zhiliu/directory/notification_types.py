"""Notifications about the recipient's account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import PasswordSet


@offers_notification
class PasswordSetByLink(NotificationType):
    """A password was set through a link; its owner should know."""

    key = "directory.password_set"
    group = "mine"
    fact = PasswordSet
    icon = "key-round"
    mail = True

    def recipients(self, fact: PasswordSet) -> Iterable[int]:
        """Notify the person, except at their first sign-in."""
        return [] if fact.first else [fact.person_id]

    def thing(self, fact: PasswordSet) -> tuple[str, int] | None:
        """Return None: there is nothing to open."""
        return None

    def sentence(self, row: Any) -> Any:
        """Say what happened, and what to do."""
        return _("Your password was set through a link. If that wasn’t you, tell an administrator.")
