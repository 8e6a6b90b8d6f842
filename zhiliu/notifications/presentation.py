"""Inbox rows as sentences in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.notification_types import notice_kinds
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for

from .models import Notification


@dataclass
class ShownNotification:
    """A row ready for a page or a mail; the argument of ``NotificationType.sentence``.

    Args:
        row: the inbox row. person: the last actor, or None. card: the object, or None when it is out of reach.
        words: the last words it is about, where a page shows them (``add_words``).
    """

    row: Notification
    person: Person | None
    card: ObjectCard | None
    sentence: str = ""
    icon: str = "bell"
    words: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """Return everything the row is rendered from except the clock: the key of its fragment."""
        row, who = self.row, self.person
        face = (who.pk, who.name, who.kind, who.photo_key) if who else (self.icon,)
        return (row.pk, row.at, row.read_at is None, row.calls, self.sentence, self.words, face)

    @property
    def who(self) -> str:
        """Return the name of the last actor, '' where anonymity was promised."""
        return self.person.name if self.person else ""

    @property
    def others(self) -> int:
        """Return how many times it happened before the last one."""
        return max(0, self.row.count - 1)

    @property
    def count(self) -> int:
        """Return how many times it happened."""
        return self.row.count

    @property
    def title(self) -> str:
        """Return the title of the object."""
        return self.card.title if self.card else ""

    @property
    def details(self) -> dict[str, Any]:
        """Return the details stored by the notification type."""
        return dict(self.row.details)

    @property
    def mail_lines(self) -> list[str]:
        """Return the further lines of a mail."""
        kind = notice_kinds.get(self.row.notice)
        return kind.mail_lines(self) if kind and self.card else []

    @property
    def reply_to(self) -> tuple[str, int] | None:
        """Return the target of replies by mail, as ``NotificationType.reply_to``."""
        kind = notice_kinds.get(self.row.notice)
        return kind.reply_to(self) if kind and self.card else None

    @property
    def calendar(self) -> tuple[bytes, str] | None:
        """Return the calendar message of the mail, as ``NotificationType.calendar``."""
        kind = notice_kinds.get(self.row.notice)
        return kind.calendar(self) if kind and self.card else None

    @property
    def said(self) -> str:
        """Return the text it is about."""
        kind = notice_kinds.get(self.row.notice)
        return kind.said(self) if kind and self.card else ""

    @property
    def url(self) -> str:
        """Return the address it opens, as ``NotificationType.url``."""
        kind = notice_kinds.get(self.row.notice)
        return kind.url(self) if kind and self.card else ""


def show(rows: Iterable[Notification], reader: Person) -> list[ShownNotification]:
    """Return rows as their ``reader`` may see them, without those about objects now out of reach."""
    rows = list(rows)
    people = Person.objects.only("name", "handle", "kind", "photo").in_bulk({row.by_id for row in rows if row.by_id})
    cards = cards_for([(row.kind, row.thing_id) for row in rows if row.kind], reader)
    items = []
    for row in rows:
        kind = notice_kinds.get(row.notice)
        card = cards.get((row.kind, row.thing_id))
        if kind is None or (row.kind and card is None):
            continue
        item = ShownNotification(row, people.get(row.by_id or 0), card, icon=kind.icon)
        item.sentence = str(kind.sentence(item))
        items.append(item)
    return items


def add_words(items: Iterable[ShownNotification]) -> None:
    """Fill in the last words of rows; a fixed number of queries per notification type."""
    by_notice: dict[str, list[ShownNotification]] = defaultdict(list)
    for item in items:
        if item.card is not None:
            by_notice[item.row.notice].append(item)
    for notice, same in by_notice.items():
        kind = notice_kinds.get(notice)
        words = kind.last_words(same) if kind is not None else {}
        for item in same:
            item.words = words.get(item.row.pk, "")
