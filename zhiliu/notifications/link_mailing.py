"""Mails links for a first sign-in, one per person."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from zhiliu.directory.defaults import language_of
from zhiliu.directory.login_links import LIFE, login_link_key
from zhiliu.directory.mailing import note_refused, note_sent, take_up
from zhiliu.directory.models import LinkMail, LoginLink, Organisation
from zhiliu.kit.web.site import base_url

# Number of mails per job, so that other jobs get their turn.
AT_ONCE = 40


class NotTakenYet(Exception):
    """The mail server temporarily refused some mails; raised so that the job is retried later."""


@task()
def send_mailing(mailing_id: int) -> None:
    """Send waiting mails. Repeated or killed, it sends nobody two.

    Raises:
        NotTakenYet, OSError: the server refuses temporarily, or cannot be reached.
    """
    started, refused, remaining = timezone.now(), 0, AT_ONCE
    connection = get_connection()
    # Connect before claiming mails: an unreachable server leaves no mail in an unclear state.
    connection.open()
    try:
        while remaining and (mail := take_up(mailing_id, before=started)) is not None:
            remaining -= 1
            refused += not _send(mail, connection)
    finally:
        connection.close()
    if not remaining:
        send_mailing.enqueue(mailing_id)
    elif refused:
        raise NotTakenYet(refused)


def _send(mail: LinkMail, connection: Any) -> bool:
    """Send one mail.

    Returns:
        True if it needs no retry.

    Raises:
        OSError, SMTPServerDisconnected: whether the mail was sent is unclear; the row stays "being sent".
    """
    try:
        _compose(mail, connection).send()
    except SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        return _note(mail, code, reason)
    except SMTPResponseException as error:
        return _note(mail, error.smtp_code, error.smtp_error)
    except ValueError as error:
        return _note(mail, 553, str(error))
    note_sent(mail)
    return True


def _note(mail: LinkMail, code: int, answer: bytes | str) -> bool:
    for_good = code >= 500
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    note_refused(mail, f"{code} {text}", for_good=for_good)
    return for_good


def _compose(mail: LinkMail, connection: Any) -> EmailMessage:
    person, link, organisation = mail.person, mail.link, Organisation.current_name()
    assert link is not None
    with translation.override(language_of(person)):
        body = _(
            "%(name)s, you can now sign in to %(organisation)s.\n\n"
            "Open this link within %(days)s days and choose a password:\n%(url)s\n\n"
            "It works once. If it has expired, ask %(by)s for a new one.\n"
        ) % {
            "name": person.name,
            "organisation": organisation,
            "days": LIFE[LoginLink.Purpose.HANDED].days,
            "url": base_url() + reverse("entry", args=[login_link_key(link)]),
            "by": mail.mailing.by.name if mail.mailing.by else organisation,
        }
        return EmailMessage(
            subject=_("Your first sign-in to %(organisation)s") % {"organisation": organisation},
            body=body,
            to=[person.email or ""],
            headers={"Message-ID": f"<zhiliu-{link.purpose}-{link.pk}@zhiliu>", "Auto-Submitted": "auto-generated"},
            connection=connection,
        )
