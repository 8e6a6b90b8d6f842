"""Reminds people who never signed in: a fresh link by mail, at most once a week each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .login_links import may_come_in
from .mailing import State, announce_mailing, mailable, refuse_without_mail
from .models import LinkMail, LinkMailing, Person
from .rules import can_mail_link

PAUSE = dt.timedelta(days=7)


@dataclass(frozen=True)
class LinkReminder:
    """Who is sent a link, and why the others are not."""

    people: list[Person]
    refused: list[tuple[Person, Any]]


def never_signed_in() -> QuerySet[Person]:
    """Return active employees who have not signed in yet."""
    return Person.objects.active().employees().filter(came_in_at=None)


def reminded_lately() -> QuerySet[LinkMail]:
    """Return the mails with a link of the last seven days that are queued or were sent."""
    since = timezone.now() - PAUSE
    lately = Q(mailing__at__gt=since) | Q(at__gt=since)
    return LinkMail.objects.filter(lately, state__in=[State.WAITING, State.SENDING, State.SENT])


def why_no_reminder(person: Person) -> Any | None:
    """Return why a person can be sent no link by mail, whoever asks; None if they can."""
    if not may_come_in(person):
        return _("has left")
    if person.came_in_at is not None:
        return _("has signed in")
    if person.has_usable_password():
        return _("has a password and only needs to sign in")
    if not person.email:
        return _("no email address: an administrator can create a link to pass on")
    return None


def mail_reminder(people: Iterable[Person], *, about: str, by: Person) -> LinkReminder:
    """Mail a link to those who never signed in. Repeating it within a week sends nobody another.

    Args:
        about: whose these people are, for the administrators' list of mailings.

    Raises:
        Refused: mail is not set up.
    """
    refuse_without_mail()
    with transaction.atomic():
        # Race: row locks serialise two managers who remind the same people.
        keys = [person.pk for person in people]
        rows = list(Person.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",)))
        lately = set(reminded_lately().filter(person__in=rows).values_list("person_id", flat=True))
        free = set(mailable(Person.objects.filter(pk__in=keys)).values_list("pk", flat=True)) - lately
        refused = [(person, reason) for person in rows if (reason := _why_not(person, free, by)) is not None]
        left_out = {person.pk for person, _reason in refused}
        recipients = [person for person in rows if person.pk not in left_out]
        if recipients:
            mailing = LinkMailing.objects.create(about=about[:200], by=by)
            mails = [LinkMail(mailing=mailing, person=person, state=State.WAITING) for person in recipients]
            LinkMail.objects.bulk_create(mails, batch_size=500)
            announce_mailing(mailing, len(mails), by)
    return LinkReminder(recipients, refused)


def _why_not(person: Person, free: set[int], by: Person) -> Any | None:
    reason = can_mail_link.why_not(by, person) or why_no_reminder(person)
    if reason is None and person.pk not in free:
        return _("was sent a link less than a week ago")
    return reason
