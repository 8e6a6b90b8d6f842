"""Notifications about thanks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import Thanked


@offers_notification
class SomebodyThanksYou(NotificationType):
    """Tells a person that they were thanked, and why."""

    key = "thanks.thanks_given"
    group = "support"
    fact = Thanked
    icon = "heart"
    calls = True
    mail = True
    tells = "to_id"
    says = gettext_lazy("%(who)s thanks you: “%(title)s”")
