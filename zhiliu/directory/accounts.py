"""Adding, changing and deactivating people."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Protocol

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Change, Picture, change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.models import Session
from zhiliu.kit.text.chinese_text import has_han, initials, normalise, readings

from .facts import GuestInvited, PeopleChanged, PersonJoined, PersonLeft, PersonReturned
from .login_links import make_login_link
from .models import LoginLink, NameKey, Person
from .photos import withdraw_photos
from .rules import is_admin

# Path segments that a handle would collide with.
NOT_HANDLES = {"new", "search", "skills", "fields", "export"}


def new_person(*, name: str, by: Person | None = None, **fields: Any) -> Person:
    """Create a person who can be found by name and pinyin.

    Args:
        name: as written.
        by: the administrator, or None for the system.
        fields: further fields of :class:`Person`; ``password`` is hashed.

    Raises:
        ValidationError: of the fields.
    """
    person = person_of(name=name, **fields)
    person.full_clean(exclude=["password"])
    return add_person(person, by=by)


def person_of(*, name: str, password: str | None = None, **fields: Any) -> Person:
    """Return a person with these fields, not stored yet."""
    person = Person(name=name, calendar_key=secrets.token_urlsafe(24), **fields)
    person.handle = person.handle or free_handle(name)
    person.email = (person.email or "").lower() or None
    person.set_password(password or None)
    return person


def add_person(person: Person, *, by: Person | None = None) -> Person:
    """Store a person whose fields are valid, and announce them."""
    with transaction.atomic():
        person.save()
        write_name_keys([person])
        fact = PersonJoined(person_id=person.pk, by_id=by.pk if by else None)
        announce(fact, change=change(Picture(), picture_of(person)))
    return person


def change_people(people: Iterable[Person], *, by: Person, was: Picture | None = None) -> None:
    """Rewrite the name keys of changed people and announce one fact for all.

    Args:
        was: snapshot of the only person before the change, for the audit.
    """
    people = list(people)
    with transaction.atomic():
        NameKey.objects.filter(person__in=people).delete()
        write_name_keys(people)
        fact = PeopleChanged(person_ids=tuple(person.pk for person in people), by_id=by.pk)
        announce(fact, change=change(was, picture_of(people[0])) if was else None)


def deactivate(person: Person, *, by: Person) -> None:
    """Deactivate a leaver: their content stays, their sessions and password end. Idempotent.

    Raises:
        Refused: it is the last administrator.
    """
    require(is_admin, by)
    with transaction.atomic():
        keep_an_administrator(without=person)
        was = picture(Person, person.pk)
        # With the old password gone, a session open elsewhere stays closed even if the person comes back.
        rows = Person.objects.filter(pk=person.pk, is_active=True)
        if rows.update(is_active=False, password=make_password(None)):
            person.login_links.filter(used_at=None).update(used_at=timezone.now())
            Session.objects.filter(account_id=person.pk).delete()
            withdraw_photos([person.pk])
            fact = PersonLeft(person_id=person.pk, by_id=by.pk)
            announce(fact, change=change(was, picture(Person, person.pk)))


def reactivate(person: Person, *, by: Person) -> None:
    """Reactivate a leaver; they need a link to set a password. Idempotent."""
    require(is_admin, by)
    with transaction.atomic():
        was = picture(Person, person.pk)
        if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            fact = PersonReturned(person_id=person.pk, by_id=by.pk)
            announce(fact, change=change(was, picture(Person, person.pk)))


def keep_an_administrator(*, without: Person) -> None:
    """Refuse if ``without`` is the only administrator who can sign in.

    Called inside a transaction: the row lock serialises two administrators who remove each other.
    """
    active = Person.objects.active().filter(is_admin=True).order_by("pk").select_for_update()
    if [person.pk for person in active] == [without.pk]:
        raise Refused(_("This is the only administrator. Make someone else one first."))


def invite_guest(*, name: str, email: str, by: Person) -> tuple[Person, LoginLink]:
    """Create an external person, inactive until they use the invitation's link.

    Raises:
        Refused: the address belongs to an employee, or to a guest who has left.
    """
    with transaction.atomic():
        person = Person.objects.filter(email=email.lower()).first()
        if person is not None and not person.is_guest:
            raise Refused(_("This address belongs to a colleague. Invite them as a member."), field="email")
        if person is not None and not person.is_active:
            raise Refused(_("This guest has left. An administrator can bring them back."), field="email")
        if person is None:
            person = new_person(name=name, email=email, kind=Person.Kind.GUEST, by=by)
        invitation = make_login_link(person, LoginLink.Purpose.INVITED, by=by)
        fact = GuestInvited(person_id=person.pk, invitation_id=invitation.pk, by_id=by.pk)
        announce(fact, change=Change(person.name, "directory.person"))
    return person, invitation


class Named(Protocol):
    """The fields of a person that name search needs."""

    pk: int
    handle: str
    name: str
    employee_number: str | None
    email: str | None


def write_name_keys(people: Iterable[Named]) -> None:
    """Insert the search keys of people: name, given name, every reading, initials, number, mail."""
    rows = [(person.pk, key[:160]) for person in people for key in sorted(_keys(person))]
    if rows:
        # Ten rows per person: inserted without model instances, in a quarter of the time.
        with connection.cursor() as cursor:
            cursor.executemany(_WRITE_KEY, rows)


_WRITE_KEY = "INSERT INTO directory_namekey (person_id, key) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def _keys(person: Named) -> set[str]:
    keys = set(_name_keys(person.name))
    keys |= {
        normalise(text)
        for text in (person.employee_number or "", (person.email or "").split("@")[0], person.handle)
        if text
    }
    return keys


@lru_cache(maxsize=20_000)
def _name_keys(written: str) -> frozenset[str]:
    """Return the search keys of a name. Cached: names repeat in a large company."""
    name = normalise(written).replace(" ", "")
    keys = {name, *readings(name), *initials(name)}
    if 1 < len(name) <= 4:
        keys |= {name[1:], *readings(name[1:]), *_surname_and_initials(name)}
    return frozenset(key for key in keys | {normalise(word) for word in written.split()} if key)


def _surname_and_initials(name: str) -> set[str]:
    """Return the surname in full with the initials of the given name, as people type them: linxl."""
    if not has_han(name):
        return set()
    return {f"{surname}{rest}" for surname in readings(name[0]) for rest in initials(name[1:])}


def free_handle(name: str) -> str:
    """Return an unused handle from the likeliest reading of the name.

    Race: two people created at the same moment may get the same handle; the unique key then refuses the second.
    """
    base = re.sub(r"[^a-z0-9]+", "", (readings(name) or [""])[0])[:40] or "person"
    if base not in NOT_HANDLES and not Person.objects.filter(handle=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
