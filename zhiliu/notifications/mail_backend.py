"""The mail backend for all mail: uses the current server and records failures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.filebased import EmailBackend as Files
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.db.models import F
from django.utils import timezone

from .mail_server import ERRORS, Server, current_server, said_by
from .models import UndeliveredMail


class NoMailServer(OSError):
    """No server is set, so the mail cannot be sent."""


class MailBackend(BaseEmailBackend):
    """Sends by the declared server or the one set on the page; in the sample company mail is written to files."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self._server = current_server()
        self._way: BaseEmailBackend | None = None

    def open(self) -> bool | None:
        """Connect.

        Raises:
            NoMailServer: none is set. OSError: the server does not answer.
        """
        if self._way is None:
            self._way = _way(self._server)
        return self._way.open()

    def close(self) -> None:
        """Close the connection."""
        if self._way is not None:
            self._way.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send each mail; a failure is recorded and its error raised.

        Returns:
            How many were sent.
        """
        for message in email_messages:
            self._send(message)
        return len(email_messages)

    def _send(self, message: EmailMessage) -> None:
        if self._server is not None and message.from_email == settings.DEFAULT_FROM_EMAIL:
            message.from_email = self._server.sender
        # Without an id of its own, each retry would count as another mail.
        key = str(message.extra_headers.get("Message-ID", ""))[:200]
        try:
            self.open()
            assert self._way is not None
            self._way.send_messages([message])
        except ERRORS as error:
            _note(key, message, said_by(error))
            raise
        if key:
            UndeliveredMail.objects.filter(message_id=key).delete()


def _way(server: Server | None) -> BaseEmailBackend:
    if server is None and settings.DEMO:
        return Files(file_path=str(settings.DATA_DIR / "mail"))
    if server is None:
        raise NoMailServer("no mail server is set")
    return Smtp(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.security == "starttls",
        use_ssl=server.security == "tls",
        timeout=settings.EMAIL_TIMEOUT,
        fail_silently=False,
    )


def _note(key: str, message: EmailMessage, answer: str) -> None:
    if not key:
        return
    values = {"to": ", ".join(message.to)[:300], "subject": str(message.subject)[:300], "said": answer[:300]}
    row, is_new = UndeliveredMail.objects.get_or_create(message_id=key, defaults=values)
    if not is_new:
        UndeliveredMail.objects.filter(pk=row.pk).update(tries=F("tries") + 1, at=timezone.now(), **values)
