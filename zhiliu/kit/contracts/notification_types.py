"""Notification types: an app declares whom to notify of which fact; the engine decides how and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from .facts import Fact
from .registry import Provider, Registry


class NotificationType:
    """One type of notification.

    An inbox row belongs to a person, this type and an object. When it happens again before being read, the row's
    counter grows instead of a second row appearing.

    Class attributes:
        key: unique, ``app.name``. group: which preference applies. fact: the fact class (or several) it answers.
        calls: whether it addresses the person directly (red), or is news (grey).
        mail: whether it is mailed at once unless the person chose otherwise.
        push: whether devices show it unless the person chose otherwise; they also show what calls or is mailed.
        by_the_way: ambient news. It goes only to people who may see the object and have no other notification about
            it, of any type.
        tells: the field of the fact with the recipient's id, or with several ids. says: the lazily translated
            sentence, with ``%(who)s`` and ``%(title)s`` to fill in. A type that needs more overrides the methods.
    """

    key: ClassVar[str]
    group: ClassVar[str] = "community"
    fact: ClassVar[type[Fact] | tuple[type[Fact], ...]]
    icon: ClassVar[str] = "bell"
    calls: ClassVar[bool] = False
    mail: ClassVar[bool] = False
    push: ClassVar[bool] = False
    by_the_way: ClassVar[bool] = False
    tells: ClassVar[str]
    says: ClassVar[Any]

    def recipients(self, fact: Any) -> Iterable[int]:
        """Return the ids of the recipients; the engine leaves out the actor."""
        ids = getattr(fact, self.tells)
        if ids is None:
            return []
        return [ids] if isinstance(ids, int) else ids

    def thing(self, fact: Any) -> tuple[str, int] | None:
        """Return the (kind, id) it is about; by default the object of the fact."""
        return (fact.about[0], getattr(fact, fact.about[1])) if fact.about else None

    def details(self, fact: Any) -> dict[str, Any]:
        """Return small JSON values the sentence needs besides object and actor: ids and choices, no user text."""
        return {}

    def sentence(self, row: Any) -> Any:
        """Return the translated sentence. ``row`` has who (name or ''), others (further people), title, count,
        details.
        """
        return self.says % {"who": row.who, "title": row.title}

    def url(self, row: Any) -> str:
        """Return the address a row opens; by default that of the object, which its reader may see."""
        return str(row.card.url)

    def mail_lines(self, row: Any) -> list[str]:
        """Return further lines of a mail; ``row.card.thing`` is the object, which the reader may see."""
        return []

    def reply_to(self, row: Any) -> tuple[str, int] | None:
        """Return the name of the reply handler (``inbound_mail``) for replies to the mail, and the id of its object.

        None if there is nothing to reply to; then the mail does not offer it.
        """
        return None

    def said(self, row: Any) -> str:
        """Return the text it is about. A mail that accepts replies shows it, because people need to read what they
        answer.
        """
        return ""

    def last_words(self, rows: Sequence[Any]) -> dict[int, str]:
        """Return the last words of inbox rows on one line, by the rows' ids; rows without any are left out.

        Called once for all rows of the type on a page, each with a card its reader may see.
        """
        return {}

    def calendar(self, row: Any) -> tuple[bytes, str] | None:
        """Return an iCalendar message to attach to the mail, and its method (RFC 6047), or None."""
        return None

    @property
    def has_calendar(self) -> bool:
        """Return whether its mails may carry an iCalendar message."""
        return type(self).calendar is not NotificationType.calendar

    def still_wanted(self, fact: Any) -> bool:
        """Return whether to send it; checked again before sending. False drops the notification."""
        return True


notice_kinds: Registry[NotificationType] = Registry("kinds of notices")
# Called with (person, kind, id) when a person views an object: marks its notifications as read.
looked_at: Provider[Callable[[Any, str, int], Any]] = Provider("what marks notices as read")
# Called with (person, name of a reply handler, id) when their mail was accepted: marks what it answers as read.
answered: Provider[Callable[[Any, str, int], Any]] = Provider("what marks answered notices as read")


def offers_notification(kind: type[NotificationType]) -> type[NotificationType]:
    """Class decorator: register the type. Ambient types come after all others.

    Raises:
        TypeError: the type lacks recipients or a sentence.
    """
    for name, method in (("tells", "recipients"), ("says", "sentence")):
        if not hasattr(kind, name) and getattr(kind, method) is getattr(NotificationType, method):
            raise TypeError(f"{kind.key} has neither {name} nor {method}()")
    notice_kinds.register(kind(), key=kind.key, weight=10 if kind.by_the_way else 0)
    return kind
