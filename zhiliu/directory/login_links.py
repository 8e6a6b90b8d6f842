"""One-time links to set a password and sign in: for guests, forgotten passwords, and people without mail."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.models import Session

from .facts import LoginLinkHanded, PasswordForgotten, PasswordSet
from .models import LoginLink, Person
from .rules import is_admin

Purpose = LoginLink.Purpose
LIFE = {
    Purpose.INVITED: dt.timedelta(days=14),
    Purpose.FORGOTTEN: dt.timedelta(hours=1),
    Purpose.HANDED: dt.timedelta(days=3),
}
FORGOTTEN_AN_HOUR = 3
_SALT = "zhiliu.guest"


def make_login_link(person: Person, purpose: LoginLink.Purpose, *, by: Person | None = None) -> LoginLink:
    """Create a link. Earlier ones of this purpose keep working; otherwise others could invalidate them by new
    requests.
    """
    now = timezone.now()
    return LoginLink.objects.create(person=person, purpose=purpose, by=by, at=now, expires_at=now + LIFE[purpose])


def hand_link(person: Person, *, by: Person) -> LoginLink:
    """Create a link for an administrator to pass on, for a first sign-in or a new password. The previous one stops
    working.

    Raises:
        Refused: the person has left, or is a bot.
    """
    require(is_admin, by)
    if not may_come_in(person):
        raise Refused(_("People who have left can’t sign in. Bring the person back first."))
    with transaction.atomic():
        person.login_links.filter(purpose=Purpose.HANDED, used_at=None).update(used_at=timezone.now())
        link = make_login_link(person, Purpose.HANDED, by=by)
        fact = LoginLinkHanded(person_id=person.pk, link_id=link.pk, by_id=by.pk)
        announce(fact, change=Change(person.name, "directory.person"))
    return link


def send_forgotten(name: str) -> LoginLink | None:
    """Create a link for the person with this number, mail address or handle; it is sent by mail.

    Returns:
        None for the unknown, leavers, bots, people without mail, and those who asked too often this hour.
    """
    person = Person.objects.active().known_as(name).exclude(kind=Person.Kind.BOT).first()
    if person is None or not person.email:
        return None
    since = timezone.now() - dt.timedelta(hours=1)
    if person.login_links.filter(purpose=Purpose.FORGOTTEN, at__gte=since).count() >= FORGOTTEN_AN_HOUR:
        return None
    with transaction.atomic():
        link = make_login_link(person, Purpose.FORGOTTEN)
        announce(PasswordForgotten(person_id=person.pk, link_id=link.pk))
    return link


def login_link_key(link: LoginLink) -> str:
    """Return the secret part of the link's address."""
    return signing.dumps(link.pk, salt=_SALT)


def read_login_link(key: str) -> LoginLink:
    """Return the link behind an address.

    Raises:
        Refused: forged, expired or used, or its person has left.
    """
    try:
        link = LoginLink.objects.select_related("person").get(pk=signing.loads(key, salt=_SALT))
    except (signing.BadSignature, LoginLink.DoesNotExist):
        raise Refused(_("This link is not valid. Ask for a new one.")) from None
    if link.used_at or link.expires_at < timezone.now() or not may_come_in(link.person):
        raise Refused(_("This link has been used or has expired. Ask for a new one."))
    return link


def use_link(link: LoginLink, *, password: str) -> Person:
    """Set a password; this link and all others of the person become invalid, and their open sessions end.

    Raises:
        Refused: the link was used concurrently, or the person has left meanwhile.
    """
    now = timezone.now()
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=link.person_id)
        open_links = LoginLink.objects.filter(person=person, used_at=None)
        # Race: of two requests with the same link, only one finds used_at empty. The filter uses own columns only,
        # because PostgreSQL does not re-evaluate a subquery after waiting for a lock.
        claimed = may_come_in(person) and open_links.filter(pk=link.pk, expires_at__gte=now).update(used_at=now)
        if not claimed:
            raise Refused(_("This link has been used or has expired. Ask for a new one."))
        open_links.update(used_at=now)
        first = not person.has_usable_password()
        person.set_password(password)
        person.save(update_fields=["password"])
        Session.objects.filter(account_id=person.pk).delete()
        # The holder of the link is unknown, so the fact has no actor; the person is notified.
        announce(PasswordSet(person_id=person.pk, link_id=link.pk, first=first))
    return person


def may_come_in(person: Person) -> bool:
    """Return True if the person can sign in at all: leavers and bots never."""
    return person.is_active and person.kind != Person.Kind.BOT
