"""Inbound mail: the app that owns a type declares what a received e-mail becomes.

The engine parses mails and identifies their senders; apps decide what they become. Apps register a
:class:`ReplyHandler` for addresses that belong to one person, and a :class:`PostingAddress` for addresses anybody may
write to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _

from ..errors import Refused
from .registry import Registry


class NotNow(Refused):
    """A temporary refusal: the mail server keeps the mail and delivers it again."""


@dataclass(frozen=True)
class InboundMessage:
    """A parsed e-mail.

    Args:
        text: Markdown, without quoted text and signature; may be '' when files are attached.
        subject: its subject, '' for none. sender: the sender's display name; it proves nothing.
        client_id: idempotency key, equal when the same mail is delivered again; at most 40 characters.
        uploads: attached files, already stored. calendar: the answer of a calendar program (RFC 5546 REPLY), b"" else.
    """

    text: str
    subject: str = ""
    sender: str = ""
    client_id: str = ""
    uploads: Sequence[Any] = ()
    calendar: bytes = b""


@dataclass(frozen=True)
class FilesPlace:
    """The owner of a mail's files.

    Args:
        community: whose members may open them, or None. is_private: only pages with a rule of their own show them.
    """

    community: Any = None
    is_private: bool = False


class ReplyHandler(ABC):
    """Turns a mail sent to a personal, signed address into something.

    Class attributes:
        name: unique; part of the address. is_reply: whether quoted text is cut off.
    """

    name: ClassVar[str]
    is_reply: ClassVar[bool] = True

    @abstractmethod
    def place(self, person: Any, thing_id: int) -> FilesPlace:
        """Return where files go, if ``person`` may write there.

        Raises:
            Refused: they may not, with the reason. Http404: the object is gone or out of reach.
        """

    @abstractmethod
    def take(self, person: Any, thing_id: int, letter: InboundMessage) -> None:
        """Process the mail with the verb and rules the page uses; called once per mail.

        Raises:
            Refused: with the reason. Http404: the object is gone or out of reach. NotNow: it may succeed later.
        """


class PostingAddress(ABC):
    """Addresses that anybody who knows them may write to. ``letter`` (a to z, not p) is the prefix of their secret."""

    letter: ClassVar[str]

    @abstractmethod
    def open(self, secret: str) -> Any | None:
        """Return the mailbox with this secret (lower case), or None."""

    @abstractmethod
    def writer(self, box: Any) -> Any:
        """Return the person in whose name the mail appears."""

    @abstractmethod
    def place(self, box: Any) -> FilesPlace:
        """Like :meth:`ReplyHandler.place`."""

    @abstractmethod
    def take(self, box: Any, letter: InboundMessage) -> None:
        """Like :meth:`ReplyHandler.take`."""


arrivals: Registry[ReplyHandler] = Registry("what letters become")
letterboxes: Registry[PostingAddress] = Registry("addresses anybody may write to")


def offers_reply_handler(kind: type[ReplyHandler]) -> type[ReplyHandler]:
    """Class decorator: register the type."""
    arrivals.register(kind(), key=kind.name)
    return kind


def offers_posting_address(kind: type[PostingAddress]) -> type[PostingAddress]:
    """Class decorator: register the type."""
    letterboxes.register(kind(), key=kind.letter)
    return kind


def is_open_to(name: str, person: Any, thing_id: int) -> bool:
    """Return True if a mail from ``person`` would be accepted there now."""
    arrival = arrivals.get(name)
    if arrival is None:
        return False
    try:
        arrival.place(person, thing_id)
    except (Refused, Http404):
        return False
    return True


def refuse_longer(text: str, most: int) -> None:
    """Refuse a mail whose text is too long for what it becomes.

    Raises:
        Refused: it is longer than ``most`` characters.
    """
    if len(text) > most:
        raise Refused(
            _("It has %(count)s characters; the limit is %(most)s. Send longer text as a file.")
            % {"count": f"{len(text):,}", "most": f"{most:,}"}
        )


def with_breaks(text: str) -> str:
    """Return ``text`` with its line breaks kept where Markdown would join lines."""
    lines = text.split("\n")
    ends = [*(bool(line.strip()) for line in lines[1:]), False]
    return "\n".join(
        f"{line.rstrip()}  " if goes_on and line.strip() else line for line, goes_on in zip(lines, ends, strict=True)
    )
