"""Notifications about the recipient's account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import PasswordSet, PhotoRemoved
from .models import Photo


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


@offers_notification
class PhotoTakenDown(NotificationType):
    """Somebody else removed a person's photo and said why."""

    key = "directory.photo_removed"
    group = "mine"
    fact = PhotoRemoved
    icon = "image"
    mail = True

    def recipients(self, fact: PhotoRemoved) -> Iterable[int]:
        """Notify the person. A decision of moderators, which has no reason here, is told by moderation."""
        return [fact.person_id] if self.still_wanted(fact) else []

    def sentence(self, row: Any) -> Any:
        """Say who removed it, and why."""
        reason = row.card.thing.reason if row.card else ""
        return _("%(who)s removed your photo: %(reason)s") % {"who": row.who, "reason": reason}

    def still_wanted(self, fact: PhotoRemoved) -> bool:
        """Only while it is removed."""
        return Photo.objects.filter(pk=fact.photo_id).exclude(removed_at=None).exclude(reason="").exists()
