"""The outgoing mail server: declared for the installation, or set by an administrator on a page."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.directory.models import Organisation, Person
from zhiliu.directory.rules import is_admin
from zhiliu.kit.contracts.audit import change, picture
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.mail import mail_obstacle
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.system.encryption import decrypt, encrypt
from zhiliu.kit.web.site import known_address

from .facts import MailServerChanged
from .models import MailServer

BACKEND = "zhiliu.notifications.mail_backend.MailBackend"
ERRORS = (OSError, smtplib.SMTPException, ssl.SSLError, ValueError)


@dataclass(frozen=True)
class Server:
    """An outgoing mail server.

    Args:
        security: none, starttls or tls. sender: the From address.
        is_declared: set by the installation's settings, so the page cannot change it.
    """

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str
    is_declared: bool = False


def current_server() -> Server | None:
    """Return the current server; None if none is set."""
    declared = settings.DECLARED
    if declared.smtp_host:
        password = declared.smtp_password.get_secret_value()
        names = (declared.smtp_host, declared.smtp_port, declared.smtp_user, password)
        return Server(*names, declared.smtp_security, declared.mail_from, is_declared=True)
    row = MailServer.objects.filter(pk=1).first()
    if row is None:
        return None
    return Server(row.host, row.port, row.user, decrypt(row.secret), row.security, row.sender)


def obstacle() -> str:
    """Return why no mail is sent; '' when it is. Backends of tests and the sample company's files count as sending."""
    if settings.EMAIL_BACKEND != BACKEND or settings.DEMO:
        return ""
    if current_server() is None:
        return _("No email is sent: no mail server is set up.")
    if not known_address():
        return _("No email is sent: the web address of Zhiliu isn’t set, so links would lead nowhere.")
    return ""


mail_obstacle.provide(obstacle)


def change_server(server: Server, *, version: int, by: Person) -> None:
    """Set the outgoing mail server.

    Args:
        server: an empty password keeps the current one. version: of the row the form was made from, 0 for none.

    Raises:
        Refused: it is declared for the installation, or was changed meanwhile.
    """
    require(is_admin, by)
    if settings.DECLARED.smtp_host:
        raise Refused(gettext_lazy("The mail server is set by ZHILIU_SMTP_HOST; change it there."))
    with transaction.atomic():
        was = picture(MailServer, 1)
        row = MailServer.objects.select_for_update().filter(pk=1).first() or MailServer(pk=1, version=0)
        if row.version != version:
            raise Refused(gettext_lazy("Someone else changed this. Review the current version, then save again."))
        row.host, row.port, row.user = server.host, server.port, server.user
        row.security, row.sender, row.version = server.security, server.sender, version + 1
        row.secret = encrypt(server.password) if server.password else row.secret
        row.save()
        announce(MailServerChanged(by_id=by.pk), change=change(was, picture(MailServer, 1)))


def send_test_mail(to: str, *, by: Person) -> str:
    """Send a mail now, to see the server's response.

    Returns:
        The error in the server's words; '' if it accepted the mail.
    """
    require(is_admin, by)
    name = Organisation.current_name()
    mail = EmailMessage(
        subject=_("Test email from %(organisation)s") % {"organisation": name},
        body=_("If you can read this, Zhiliu can send email.\n\n%(address)s\n") % {"address": known_address()},
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    try:
        mail.send()
    except ERRORS as error:
        return said_by(error)
    return ""


def try_server() -> str:
    """Connect and authenticate without sending anything.

    Returns:
        The error; '' on success.
    """
    try:
        with_connection = get_connection()
        with_connection.open()
        with_connection.close()
    except ERRORS as error:
        return said_by(error)
    return ""


def said_by(error: Exception) -> str:
    """Return a mail server's error in one line with its code."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {_text(words)}"[:300]
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"[:300]
    return f"{type(error).__name__}: {error}"[:300]


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
