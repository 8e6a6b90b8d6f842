"""Inbox rows as sentences, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.notification_types import notice_kinds
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for

from .models import Notification


@dataclass
class ShownNotification:
    """A row ready for a page or a mail; what ``NotificationType.sentence`` gets.

    Args:
        row: the inbox row. person: who acted last, or None. card: the thing, or None when it is out of reach.
    """

    row: Notification
    person: Person | None
    card: ObjectCard | None
    sentence: str = ""
    icon: str = "bell"

    @property
    def key(self) -> tuple[Any, ...]:
        """All the row is drawn from but the clock: the key of its fragment."""
        row, who = self.row, self.person
        face = (who.pk, who.name, who.kind) if who else (self.icon,)
        return (row.pk, row.at, row.read_at is None, row.calls, self.sentence, face)

    @property
    def who(self) -> str:
        """Name of who acted last, '' where anonymity was promised."""
        return self.person.name if self.person else ""

    @property
    def others(self) -> int:
        """How many times besides the last it happened."""
        return max(0, self.row.count - 1)

    @property
    def count(self) -> int:
        """How many times it happened."""
        return self.row.count

    @property
    def title(self) -> str:
        """Title of the thing."""
        return self.card.title if self.card else ""

    @property
    def details(self) -> dict[str, Any]:
        """What the notice kind kept besides."""
        return dict(self.row.details)

    @property
    def mail_lines(self) -> list[str]:
        """What a mail says besides the sentence."""
        kind = notice_kinds.get(self.row.notice)
        return kind.mail_lines(self) if kind and self.card else []

    @property
    def reply_to(self) -> tuple[str, int] | None:
        """What a mail sent back becomes, as ``NotificationType.reply_to``."""
        kind = notice_kinds.get(self.row.notice)
        return kind.reply_to(self) if kind and self.card else None

    @property
    def said(self) -> str:
        """The words it is about."""
        kind = notice_kinds.get(self.row.notice)
        return kind.said(self) if kind and self.card else ""

    @property
    def url(self) -> str:
        """Where the row leads."""
        return self.card.url if self.card else ""


def show(rows: Iterable[Notification], reader: Person) -> list[ShownNotification]:
    """Rows as their ``reader`` may see them; those about things out of reach by now are left out."""
    rows = list(rows)
    people = Person.objects.only("name", "handle", "kind").in_bulk({row.by_id for row in rows if row.by_id})
    cards = cards_for([(row.kind, row.thing_id) for row in rows if row.kind], reader)
    shown = []
    for row in rows:
        kind = notice_kinds.get(row.notice)
        card = cards.get((row.kind, row.thing_id))
        if kind is None or (row.kind and card is None):
            continue
        item = ShownNotification(row, people.get(row.by_id or 0), card, icon=kind.icon)
        item.sentence = str(kind.sentence(item))
        shown.append(item)
    return shown
