"""Mails sign-in links: their holders have no inbox yet, or cannot reach it.

Follows the log, so that none is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from zhiliu.activity.consumers import LogEntry, followers
from zhiliu.directory.defaults import language_of
from zhiliu.directory.facts import GuestInvited, LoginLinksMailed, PasswordForgotten
from zhiliu.directory.login_links import LIFE, login_link_key, may_come_in
from zhiliu.directory.models import LoginLink, Organisation
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.web.site import base_url

from .link_mailing import send_mailing


@followers.register(key="notifications.guests")
def send_links(entries: Sequence[LogEntry]) -> None:
    """Enqueue a job for every invitation, forgotten password, and mailing of links."""
    for entry in entries:
        if isinstance(entry.fact, GuestInvited):
            send_link.enqueue(entry.fact.invitation_id)
        if isinstance(entry.fact, PasswordForgotten):
            send_link.enqueue(entry.fact.link_id)
        if isinstance(entry.fact, LoginLinksMailed):
            send_mailing.enqueue(entry.fact.mailing_id)


@task()
def send_link(link_id: int) -> None:
    """Mail the link; raises if the server rejects it, and is then retried with the same Message-ID."""
    link = LoginLink.objects.select_related("person", "by").filter(pk=link_id, used_at=None).first()
    if link is None or not link.person.email or not may_come_in(link.person) or why_no_mail():
        return
    compose = _invitation if link.purpose == LoginLink.Purpose.INVITED else _forgotten
    with translation.override(language_of(link.person)):
        subject, body = compose(link, Organisation.current_name())
        EmailMessage(
            subject=subject,
            body=body,
            to=[link.person.email],
            headers={"Message-ID": f"<zhiliu-{link.purpose}-{link.pk}@zhiliu>", "Auto-Submitted": "auto-generated"},
        ).send()


def _invitation(link: LoginLink, organisation: str) -> tuple[str, str]:
    text = _(
        "%(name)s, %(by)s invites you to %(organisation)s as a guest.\n\n"
        "Open this link within %(days)s days and choose a password:\n%(url)s\n"
    ) % {
        "name": link.person.name,
        "by": link.by.name if link.by else organisation,
        "organisation": organisation,
        "days": LIFE[LoginLink.Purpose.INVITED].days,
        "url": base_url() + reverse("invitation", args=[login_link_key(link)]),
    }
    return _("Invitation to %(organisation)s") % {"organisation": organisation}, text


def _forgotten(link: LoginLink, organisation: str) -> tuple[str, str]:
    text = _(
        "%(name)s, someone asked for a new password for you at %(organisation)s.\n\n"
        "If that was you, open this link within %(minutes)s minutes and choose one:\n%(url)s\n\n"
        "If it wasn’t you, do nothing: your password stays as it is.\n"
    ) % {
        "name": link.person.name,
        "organisation": organisation,
        "minutes": LIFE[LoginLink.Purpose.FORGOTTEN].seconds // 60,
        "url": base_url() + reverse("entry", args=[login_link_key(link)]),
    }
    return _("New password for %(organisation)s") % {"organisation": organisation}, text
