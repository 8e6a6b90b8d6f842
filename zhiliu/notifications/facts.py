"""Facts of inboxes and mail."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MailServerChanged(Fact, name="notifications.mail_server_changed"):
    """The outgoing mail server was set or changed."""

    administrative = pgettext_lazy("audit", "Mail server changed")


@dataclass(frozen=True, kw_only=True)
class InboxChanged(Fact, name="notifications.inbox_changed"):
    """The inboxes of some people changed, in one batch; their open pages refetch."""

    person_ids: tuple[int, ...]
