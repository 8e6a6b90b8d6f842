"""Replies to rejected mail with the reason, a few per hour at most."""

from __future__ import annotations

import datetime as dt

from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_tasks import task

from zhiliu.directory.defaults import language_of
from zhiliu.directory.models import Organisation, Person
from zhiliu.kit.web.site import base_url

from .models import RejectedMail

MOST_AN_HOUR = 4
HOUR = dt.timedelta(hours=1)


def send_answer(person: Person, reason: str, *, subject: str, message_id: str) -> RejectedMail | None:
    """Tell a person why their mail was rejected; return None if this hour's limit is reached.

    Args:
        reason: in their language. subject, message_id: of their mail.
    """
    lately = RejectedMail.objects.filter(person=person, at__gt=timezone.now() - HOUR)
    if lately.count() >= MOST_AN_HOUR:
        return None
    refusal = RejectedMail.objects.create(
        person=person, subject=subject[:200], reason=reason[:500], message_id=message_id[:400]
    )
    send_refusal.enqueue(refusal.pk)
    return refusal


@task()
def send_refusal(refusal_id: int) -> None:
    """Send one. Raises if the mail server rejects it, and is then retried with the same Message-ID."""
    refusal = RejectedMail.objects.select_related("person").filter(pk=refusal_id, sent_at=None).first()
    if refusal is None or not refusal.person.is_active or not refusal.person.email:
        return
    with translation.override(language_of(refusal.person)):
        _compose(refusal).send()
    RejectedMail.objects.filter(pk=refusal.pk).update(sent_at=timezone.now())


def _compose(mail: RejectedMail) -> EmailMessage:
    subject = mail.subject or pgettext("a mail without subject", "your email")
    body = _(
        "%(name)s, your email “%(subject)s” was not accepted:\n\n%(reason)s\n\n"
        "None of it was published or kept. Open %(url)s to write there.\n"
    ) % {"name": mail.person.name, "subject": subject, "reason": mail.reason, "url": base_url()}
    headers = {
        "Message-ID": f"<zhiliu-refusal-{mail.pk}@zhiliu>",
        # Keeps machines from answering, which could loop forever.
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
    }
    if _is_message_id(mail.message_id):
        headers |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    return EmailMessage(
        subject=f"[{Organisation.current_name()}] {_('Not accepted')}: {subject}".replace("\n", " "),
        body=body,
        to=[mail.person.email or ""],
        headers=headers,
    )


def _is_message_id(text: str) -> bool:
    """Return True if it is safe in one of our headers: it comes from outside."""
    return text.startswith("<") and text.endswith(">") and text.isascii() and text.isprintable() and " " not in text
