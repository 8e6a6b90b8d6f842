"""Invited guests have no inbox yet: they get their link by mail, followed from the log so that none is lost."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from zhiliu.activity.following import Entry, followers
from zhiliu.directory.facts import GuestInvited
from zhiliu.directory.joining import INVITATION_DAYS, invitation_key
from zhiliu.directory.models import GuestInvitation, Organisation


@followers.adds(key="notifications.guests")
def invite_by_mail(entries: Sequence[Entry]) -> None:
    """A job for every invitation."""
    for entry in entries:
        if isinstance(entry.fact, GuestInvited):
            send_invitation.enqueue(entry.fact.invitation_id)


@task()
def send_invitation(invitation_id: int) -> None:
    """Mail the link; raises when the server does not take it, and is then tried again with the same Message-ID."""
    invitation = GuestInvitation.objects.select_related("person", "by").filter(pk=invitation_id, used_at=None).first()
    if invitation is None or not invitation.person.email:
        return
    organisation = Organisation.current_name()
    with translation.override(settings.LANGUAGE_CODE):
        url = settings.BASE_URL + reverse("invitation", args=[invitation_key(invitation)])
        text = _(
            "%(name)s, %(by)s invites you to %(organisation)s as a guest.\n\n"
            "Open this link within %(days)s days and choose a password:\n%(url)s\n"
        ) % {
            "name": invitation.person.name,
            "by": invitation.by.name if invitation.by else organisation,
            "organisation": organisation,
            "days": INVITATION_DAYS,
            "url": url,
        }
        EmailMessage(
            subject=_("Invitation to %(organisation)s") % {"organisation": organisation},
            body=text,
            to=[invitation.person.email],
            headers={"Message-ID": f"<zhiliu-guest-{invitation.pk}@zhiliu>"},
        ).send()
