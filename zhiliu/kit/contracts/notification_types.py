"""What a notice is: an app says for which fact whom to tell what; the engine above decides how and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from .facts import Fact
from .registry import Provider, Registry


class NotificationType:
    """One kind of notice.

    A row of the inbox belongs to a person, this kind and a thing; when it happens again before being read, the row's
    counter grows instead of a second row appearing.

    Class attributes:
        key: unique, ``app.name``. group: which preference applies. fact: the fact class (or several) it answers.
        calls: whether it calls the person by name (red), or is news (grey).
        mail: whether it is mailed at once when the person has not chosen.
        by_the_way: news nobody has to know. It is told only to those who may see the thing, and only if they were told
            nothing of the thing before, whatever for.
        tells: the field of the fact with the id of whom to tell, or with several ids. says: the lazily translated
            sentence, with ``%(who)s`` and ``%(title)s`` to fill in. A type that needs more writes the methods.
    """

    key: ClassVar[str]
    group: ClassVar[str] = "community"
    fact: ClassVar[type[Fact] | tuple[type[Fact], ...]]
    icon: ClassVar[str] = "bell"
    calls: ClassVar[bool] = False
    mail: ClassVar[bool] = False
    by_the_way: ClassVar[bool] = False
    tells: ClassVar[str]
    says: ClassVar[Any]

    def recipients(self, fact: Any) -> Iterable[int]:
        """Ids of the people to tell; the one who acted is left out by the engine."""
        told = getattr(fact, self.tells)
        if told is None:
            return []
        return [told] if isinstance(told, int) else told

    def thing(self, fact: Any) -> tuple[str, int] | None:
        """The (kind, id) it is about; by default what the fact is about."""
        return (fact.about[0], getattr(fact, fact.about[1])) if fact.about else None

    def details(self, fact: Any) -> dict[str, Any]:
        """Small JSON values the sentence needs besides thing and actor; ids and choices, no text of people."""
        return {}

    def sentence(self, row: Any) -> Any:
        """The translated sentence. ``row`` has who (name or ''), others (further people), title, count, details."""
        return self.says % {"who": row.who, "title": row.title}

    def mail_lines(self, row: Any) -> list[str]:
        """Further lines of a mail; ``row.card.thing`` is the thing, which the reader may see."""
        return []

    def reply_to(self, row: Any) -> tuple[str, int] | None:
        """What a mail sent back becomes: the name of a reply handler (``inbound_mail``) and the id of its object.

        None for what there is nothing to say to; then the mail says nothing of it.
        """
        return None

    def said(self, row: Any) -> str:
        """The words it is about; a mail that can be answered shows them, since nobody answers what they cannot read."""
        return ""

    def still_wanted(self, fact: Any) -> bool:
        """Checked again before sending; False drops the notice."""
        return True


notice_kinds: Registry[NotificationType] = Registry("kinds of notices")
# Called with (person, kind, id) when somebody looks at a thing: what they were told about it counts as read.
looked_at: Provider[Callable[[Any, str, int], Any]] = Provider("what marks notices as read")
# Called with (person, name of an arrival, id) when a mail of theirs was taken: what it answers counts as read.
answered: Provider[Callable[[Any, str, int], Any]] = Provider("what marks answered notices as read")


def offers_notification(kind: type[NotificationType]) -> type[NotificationType]:
    """Class decorator: register the type. What is told by the way comes after all others.

    Raises:
        TypeError: the type does not say whom it tells, or what.
    """
    for name, method in (("tells", "recipients"), ("says", "sentence")):
        if not hasattr(kind, name) and getattr(kind, method) is getattr(NotificationType, method):
            raise TypeError(f"{kind.key} has neither {name} nor {method}()")
    notice_kinds.register(kind(), key=kind.key, weight=10 if kind.by_the_way else 0)
    return kind
