"""Notifications as mail: single ones, and a daily digest."""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import task

from zhiliu.directory.defaults import language_of, zone_of
from zhiliu.directory.models import Organisation, Person
from zhiliu.inbound_mail.addresses import reply_address
from zhiliu.inbound_mail.quote_stripping import MARK, MARK_END
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.notification_types import notice_kinds
from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.kit.web.site import base_url

from .mail_choices import mails_now
from .models import Delivery, Notification, Preference
from .presentation import ShownNotification, show
from .push.sending import was_shown
from .wanted import is_still_wanted

SALT = "zhiliu.mail"
# Maximum length of quoted text in a mail.
IN_MAIL = 1000


@task()
def send_mail_for(delivery_id: int) -> None:
    """Send one mail. Raises when the server does not take it; the job is then retried."""
    send_mails(delivery_id)


def send_mails(delivery_id: int) -> None:
    """Send a delivery unless it was sent, or is no longer wanted or allowed.

    After a crash between sending and recording, it is unknown whether the mail was sent. It is then sent again with the
    same Message-ID, which mail programs show once.
    """
    delivery = Delivery.objects.select_related("person", "notification").get(pk=delivery_id)
    if delivery.sent_at or delivery.dropped:
        return
    person = delivery.person
    with translation.override(language_of(person)), timezone.override(zone_of(person)):
        rows = _digest_rows(person) if delivery.digest_on else [delivery.notification]
        items = show([row for row in rows if row is not None], person)
        reason = _why_not(delivery, person, items)
        if reason:
            Delivery.objects.filter(pk=delivery.pk).update(dropped=reason)
            return
        _compose(delivery, person, items).send()
    Delivery.objects.filter(pk=delivery.pk).update(sent_at=timezone.now())


def _why_not(delivery: Delivery, person: Person, notifications: list[ShownNotification]) -> str:
    if not person.is_active or not person.email:
        return "no address"
    if why_no_mail():
        return "no mail server"
    if not notifications:
        return "out of reach"
    if delivery.notification and delivery.notification.read_at:
        return "read already"
    return "" if delivery.notification is None else _why_not_this(delivery, delivery.notification)


def _why_not_this(delivery: Delivery, row: Notification) -> str:
    """Return what changed since the mail was enqueued: the person's preference, or the object itself."""
    kind = notice_kinds.get(row.notice)
    if kind is None or not mails_now(kind, delivery.person):
        return "not by mail"
    if not kind.has_calendar and was_shown(row.pk, delivery.position):
        return "shown on a device"
    return "" if is_still_wanted(kind, delivery.position) else "no longer wanted"


def _compose(delivery: Delivery, person: Person, notifications: list[ShownNotification]) -> EmailMultiAlternatives:
    first = notifications[0]
    subject = first.sentence
    if delivery.digest_on:
        subject = ngettext("%(count)s item for you", "%(count)s items for you", len(notifications)) % {
            "count": len(notifications)
        }
    thread, address = _thread(delivery, first), _reply_address(delivery, person, first)
    stop = base_url() + reverse("notifications:stop", args=[stop_key(person, _group(first))])
    context = {
        "person": person,
        "shown": notifications,
        "base": base_url(),
        "organisation": Organisation.current_name(),
        "stop_url": stop,
        "reply_mark": _reply_mark() if address else "",
        "said": _shortened(first.said) if address else "",
    }
    mail = EmailMultiAlternatives(
        subject=f"[{Organisation.current_name()}] {subject}".replace("\n", " "),
        body=render_to_string("notifications/mail.txt", context),
        to=[person.email or ""],
        headers={
            "Message-ID": f"<{delivery.message_id}@{_domain()}>",
            **({"References": thread, "In-Reply-To": thread} if thread else {}),
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            # Suppress automatic out-of-office replies.
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        },
        reply_to=[address] if address else None,
    )
    mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    if first.calendar and not delivery.digest_on:
        attach_calendar(mail, *first.calendar)
    return mail


def attach_calendar(mail: EmailMultiAlternatives, content: bytes, method: str) -> None:
    """Attach an iCalendar message: as an alternative, which mail programs act on, and as a file for those that don't.

    Args:
        method: REQUEST or CANCEL (RFC 6047, 2.4).
    """
    mail.attach_alternative(content.decode(), f"text/calendar; method={method}")
    mail.attach("cancel.ics" if method == "CANCEL" else "invite.ics", content.decode(), "application/ics")


def _reply_address(delivery: Delivery, person: Person, notification: ShownNotification) -> str:
    """Return the reply address of the mail; '' if it does not accept replies."""
    target = None if delivery.digest_on else notification.reply_to
    return reply_address(person, *target) if target is not None else ""


def _thread(delivery: Delivery, notification: ShownNotification) -> str:
    """Return a Message-ID that all mails about one object refer to, so that mail programs group them."""
    if delivery.digest_on or not notification.row.kind:
        return ""
    name, key = notification.reply_to or (notification.row.kind, notification.row.thing_id)
    return f"<zhiliu-thread-{name.partition('.')[0]}-{key}@{_domain()}>"


def _reply_mark() -> str:
    """Return the line above which replies are written; its characters are found again, whatever a mail program
    changes.
    """
    return f"{MARK} {_('Reply to this email to answer: write above this line')} {MARK_END}"


def _shortened(text: str) -> str:
    text = without_invisibles(text).strip()
    return text if len(text) <= IN_MAIL else f"{text[:IN_MAIL].rstrip()}…"


def _group(notification: ShownNotification) -> str:
    kind = notice_kinds.get(notification.row.notice)
    return kind.group if kind else "community"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


def enqueue_digests(today: dt.date | None = None) -> int:
    """Create today's digest for everybody who has something in it.

    Returns:
        How many digests were created.
    """
    today, count = today or timezone.localdate(), 0
    chosen = Preference.objects.filter(mail=Preference.Mail.DIGEST).values_list("person_id", flat=True)
    for person in Person.objects.active().filter(pk__in=chosen, email__isnull=False):
        if not _digest_rows(person):
            continue
        delivery, is_new = Delivery.objects.get_or_create(
            person=person, digest_on=today, defaults={"message_id": f"zhiliu-digest-{person.pk}-{today}"}
        )
        if is_new:
            send_mail_for.enqueue(delivery.pk)
            count += 1
    return count


def _digest_rows(person: Person) -> list[Notification]:
    groups = set(Preference.objects.filter(person=person, mail=Preference.Mail.DIGEST).values_list("group", flat=True))
    keys = [kind.key for kind in notice_kinds if kind.group in groups]
    since = timezone.now() - dt.timedelta(days=7)
    return list(
        Notification.objects.filter(person=person, read_at=None, notice__in=keys, at__gte=since).order_by("-at")[:30]
    )


def stop_key(person: Person, group: str) -> str:
    """Return the secret part of the link that stops mail of a group without sign-in."""
    return signing.dumps([person.pk, group], salt=SALT)


def stop_mails(key: str) -> tuple[Person, str] | None:
    """Stop mail of the group in ``key``; return None for a forged key."""
    try:
        person_id, group = signing.loads(key, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    person = Person.objects.get(pk=person_id)
    Preference.objects.update_or_create(person=person, group=group, defaults={"mail": Preference.Mail.NEVER})
    return person, group
