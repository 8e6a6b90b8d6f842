"""What an e-mail that came in becomes: the app that owns a kind of thing says how a mail becomes one of them.

The engine reads mails and finds out from whom they are; what may come of them is asked here. Apps offer a
:class:`ReplyHandler` for addresses that are somebody's own, and a :class:`PostingAddress` for addresses anybody may
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
    """It may be said, only not now; a mail server keeps the mail and brings it again."""


@dataclass(frozen=True)
class InboundMessage:
    """An e-mail, read.

    Args:
        text: Markdown, without what was quoted and without signature; may be '' when files came along.
        subject: its title, '' for none. sender: what who wrote it calls themselves; nothing proves it.
        client_id: the same when the same mail comes again, at most 40 characters.
        uploads: files that came along, kept already.
    """

    text: str
    subject: str = ""
    sender: str = ""
    client_id: str = ""
    uploads: Sequence[Any] = ()


@dataclass(frozen=True)
class FilesPlace:
    """Where files of a mail belong.

    Args:
        community: whose members may open them, or None. is_private: only pages that ask their own rule show them.
    """

    community: Any = None
    is_private: bool = False


class ReplyHandler(ABC):
    """What becomes of a mail a person wrote to an address of their own.

    Class attributes:
        name: unique; part of the address. is_reply: whether what a mail program quotes is cut off.
    """

    name: ClassVar[str]
    is_reply: ClassVar[bool] = True

    @abstractmethod
    def place(self, person: Any, thing_id: int) -> FilesPlace:
        """Where files go, when ``person`` may write there.

        Raises:
            Refused: they may not, with the reason. Http404: the thing is gone or out of reach.
        """

    @abstractmethod
    def take(self, person: Any, thing_id: int, letter: InboundMessage) -> None:
        """Do it, by the act and the rules the page has; called once for a mail.

        Raises:
            Refused: with the reason. Http404: the thing is gone or out of reach. NotNow: later it may.
        """


class PostingAddress(ABC):
    """Addresses anybody may write to who knows them. ``letter`` (a to z, not p) stands before their secret."""

    letter: ClassVar[str]

    @abstractmethod
    def open(self, secret: str) -> Any | None:
        """The box with this secret (lower case), or None."""

    @abstractmethod
    def writer(self, box: Any) -> Any:
        """The person in whose name the mail appears."""

    @abstractmethod
    def place(self, box: Any) -> FilesPlace:
        """As :meth:`ReplyHandler.place`."""

    @abstractmethod
    def take(self, box: Any, letter: InboundMessage) -> None:
        """As :meth:`ReplyHandler.take`."""


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
    """Whether a mail of ``person`` would become something there now."""
    arrival = arrivals.get(name)
    if arrival is None:
        return False
    try:
        arrival.place(person, thing_id)
    except (Refused, Http404):
        return False
    return True


def refuse_longer(text: str, most: int) -> None:
    """Say so where a mail is longer than what it is to become may be.

    Raises:
        Refused: it is.
    """
    if len(text) > most:
        raise Refused(
            _("It has %(count)s characters; the limit is %(most)s. Send longer text as a file.")
            % {"count": f"{len(text):,}", "most": f"{most:,}"}
        )


def with_breaks(text: str) -> str:
    """``text`` with its line breaks kept where Markdown would run lines together."""
    lines = text.split("\n")
    ends = [*(bool(line.strip()) for line in lines[1:]), False]
    return "\n".join(
        f"{line.rstrip()}  " if goes_on and line.strip() else line for line, goes_on in zip(lines, ends, strict=True)
    )
