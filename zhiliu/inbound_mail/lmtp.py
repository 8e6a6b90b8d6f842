"""Receives mail from a mail server by LMTP (RFC 2033), with a separate response for every recipient.

It listens inside the network, for the mail server alone; the listen address controls access. Temporary failures (the
database is unavailable, a program posts too fast) are answered with 4xx, and the mail server keeps the mail; permanent
ones with 5xx and a reason.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from django.conf import settings
from django.db import close_old_connections

from . import reading, receiving
from .models import ProcessedMail
from .reading import Mail, UnreadableError
from .receiving import Result

logger = logging.getLogger(__name__)
MOST_RECIPIENTS = 50
MOST_AT_ONCE = 4
MOST_CONNECTIONS = 40
# Real mail has longer lines than the 998 characters of RFC 5321.
LONGEST_LINE = 1 << 16
IDLE_SECONDS = 120

TAKEN = "250 2.0.0 OK"
NO_SUCH = f"550 5.1.1 {receiving.NO_SUCH.said}"
LATER = "451 4.3.0 The letter cannot be taken now. Keep it and try again."
# The library's name for the empty sender of reports.
NOBODY = "<>"
TOO_MANY = "452 4.5.3 Too many recipients; send the rest again."


class Handler:
    """Answers the commands of a mail server."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Check whether an address is ours."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        answer = await self._in_pool(_whether_known, address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        """Return one response line per recipient, in their order."""
        content, sender = envelope.original_content or b"", envelope.mail_from
        sender = "" if sender == NOBODY else sender
        return await self._in_pool(_deal_with_all, content, list(envelope.rcpt_tos), sender)

    async def handle_exception(self, _error: Exception) -> str:
        """On an internal error, let the mail server keep the mail."""
        logger.exception("a command of a mail server failed")
        return LATER

    async def _in_pool(self, function: Any, *arguments: Any) -> Any:
        """Run database work in a thread, outside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *arguments)


def _whether_known(address: str) -> str:
    close_old_connections()
    try:
        return TAKEN if receiving.knows(address) else NO_SUCH
    except Exception:  # database unavailable or another internal error: the mail server keeps the mail
        logger.exception("an address could not be looked up")
        return LATER


def _deal_with_all(content: bytes, recipients: list[str], sender: str | None) -> str:
    close_old_connections()
    try:
        mail = reading.read_letter(content)
    except UnreadableError:
        return "\r\n".join(f"554 5.6.0 {receiving.UNREADABLE.said}" for _ in recipients)
    return "\r\n".join(_deal_with_one(mail, content, recipient, sender) for recipient in recipients)


def _deal_with_one(mail: Mail, content: bytes, recipient: str, sender: str | None) -> str:
    try:
        return answer_of(receiving.deal_with(mail, content, recipient, sender))
    except Exception:  # as above: nothing was done, and nothing is lost
        logger.exception("a letter could not be dealt with")
        close_old_connections()
        return LATER


def answer_of(result: Result) -> str:
    """Return the response line for a mail server."""
    if result.outcome is None:
        return f"450 4.2.1 {_plain(result.said)}"
    if result is receiving.NO_SUCH:
        return NO_SUCH
    return f"550 5.7.1 {_plain(result.said)}" if result.outcome == ProcessedMail.Outcome.REFUSED else TAKEN


def _plain(text: str) -> str:
    """Return one line of ASCII, which mail servers expect."""
    return " ".join(text.split()).encode("ascii", "replace").decode()[:300] or "Not taken."


class Door(LMTP):
    """A connection of a mail server."""

    line_length_limit = LONGEST_LINE
    open_doors = 0

    def __init__(self, handler: Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self._recipients = 0

    def connection_made(self, transport: Any) -> None:
        """Count the connection."""
        Door.open_doors += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Stop counting the connection."""
        Door.open_doors -= 1
        super().connection_lost(error)

    async def smtp_LHLO(self, arg: str) -> None:
        """Reject connections over the limit temporarily."""
        if Door.open_doors > MOST_CONNECTIONS:
            await self.push("421 4.3.2 Too many connections; try again.")
            self.transport.close()
            return
        await super().smtp_LHLO(arg)

    async def smtp_DATA(self, arg: str | None) -> None:
        """Send one response per recipient, also when the mail is too large or its lines too long (RFC 2033, 4.2)."""
        self._recipients = len(self.envelope.rcpt_tos) if self.envelope is not None else 0
        try:
            await super().smtp_DATA(arg)
        finally:
            self._recipients = 0

    async def push(self, status: str | bytes) -> None:
        """Send a line; after a mail, one per recipient."""
        text = status if isinstance(status, str) else status.decode()
        is_about_letter = self._recipients > 1 and not text.startswith("3")
        if is_about_letter and "\r\n" not in text:
            text = "\r\n".join([text] * self._recipients)
        await super().push(text)


def door(pool: ThreadPoolExecutor) -> Door:
    """Return the protocol object of one connection."""
    return Door(
        Handler(pool),
        data_size_limit=settings.MAIL_IN_MAX_BYTES,
        enable_SMTPUTF8=True,
        ident="Zhiliu",
        hostname="zhiliu",
        timeout=IDLE_SECONDS,
    )


async def serve_lmtp(host: str, port: int, stopping: asyncio.Event) -> None:
    """Serve until stopped; mails in progress are finished."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="letters") as pool:
        server = await loop.create_server(lambda: door(pool), host, port)
        async with server:
            await stopping.wait()


def run(host: str, port: int) -> None:
    """Run the LMTP process: serve until SIGTERM or SIGINT."""

    async def until_told() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await serve_lmtp(host, port, stopping)

    asyncio.run(until_told())
