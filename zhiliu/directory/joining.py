"""People come in, change and leave."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.errors import Refused
from zhiliu.kit.facts import announce
from zhiliu.kit.hanzi import fold, initials, readings

from .facts import GuestInvited, PeopleChanged, PersonJoined, PersonLeft
from .models import GuestInvitation, NameKey, Person

INVITATION_DAYS = 14
_SALT = "zhiliu.guest"


def new_person(*, name: str, by: Person | None = None, **fields: object) -> Person:
    """Enter a person, found by name and pinyin from then on.

    Args:
        name: as it is written.
        by: the administrator, or None when the system does it.
        fields: further fields of :class:`Person`; ``password`` is hashed.
    """
    password = fields.pop("password", None)
    person = Person(name=name, calendar_key=secrets.token_urlsafe(24), **fields)
    person.handle = person.handle or free_handle(name)
    person.email = (person.email or "").lower() or None
    person.set_password(str(password) if password else None)
    person.full_clean(exclude=["password"])
    with transaction.atomic():
        person.save()
        write_name_keys([person])
        announce(PersonJoined(person_id=person.pk, by_id=by.pk if by else None))
    return person


def change_people(people: Iterable[Person], *, by: Person) -> None:
    """Tell that people were changed: their name keys are written anew, one fact for all."""
    people = list(people)
    with transaction.atomic():
        NameKey.objects.filter(person__in=people).delete()
        write_name_keys(people)
        announce(PeopleChanged(person_ids=tuple(person.pk for person in people), by_id=by.pk))


def deactivate(person: Person, *, by: Person) -> None:
    """A person leaves: no sign-in from now on; what they wrote stays. Doing it twice is harmless."""
    with transaction.atomic():
        if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            announce(PersonLeft(person_id=person.pk, by_id=by.pk))


def invite_guest(*, name: str, email: str, by: Person) -> tuple[Person, GuestInvitation]:
    """Enter an external person, inactive until they use the invitation's link.

    Raises:
        Refused: the address belongs to an employee, or to a guest who has left.
    """
    with transaction.atomic():
        person = Person.objects.filter(email=email.lower()).first()
        if person is not None and not person.is_guest:
            raise Refused(_("This address belongs to a colleague. Invite them as a member."), field="email")
        if person is None:
            person = new_person(name=name, email=email, kind=Person.Kind.GUEST, by=by)
        invitation = GuestInvitation.objects.create(
            person=person, by=by, expires_at=timezone.now() + dt.timedelta(days=INVITATION_DAYS)
        )
        announce(GuestInvited(person_id=person.pk, invitation_id=invitation.pk, by_id=by.pk))
    return person, invitation


def invitation_key(invitation: GuestInvitation) -> str:
    """The secret part of the invitation's link."""
    return signing.dumps(invitation.pk, salt=_SALT)


def read_invitation(key: str) -> GuestInvitation:
    """The invitation behind a link.

    Raises:
        Refused: forged, expired or used.
    """
    try:
        invitation = GuestInvitation.objects.select_related("person").get(pk=signing.loads(key, salt=_SALT))
    except (signing.BadSignature, GuestInvitation.DoesNotExist):
        raise Refused(_("This invitation link is not valid. Ask for a new one.")) from None
    if invitation.used_at or invitation.expires_at < timezone.now():
        raise Refused(_("This invitation has been used or has expired. Ask for a new one."))
    return invitation


def accept_invitation(invitation: GuestInvitation, *, password: str) -> Person:
    """The guest sets a password; the link is used up.

    Raises:
        Refused: somebody else used the link first.
    """
    with transaction.atomic():
        claimed = GuestInvitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=timezone.now())
        if not claimed:
            raise Refused(_("This invitation has been used or has expired. Ask for a new one."))
        person = invitation.person
        person.set_password(password)
        person.save(update_fields=["password"])
    return person


def write_name_keys(people: Iterable[Person]) -> None:
    """Write what each person is found by: name, given name, every reading, initials, number, mail."""
    rows = [NameKey(person=person, key=key[:160]) for person in people for key in sorted(_keys(person))]
    NameKey.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _keys(person: Person) -> set[str]:
    name = fold(person.name).replace(" ", "")
    keys = {name, *readings(name), *initials(name)}
    if 1 < len(name) <= 4:
        keys |= {name[1:], *readings(name[1:])}
    keys |= {fold(word) for word in person.name.split()}
    keys |= {fold(text) for text in (person.number or "", (person.email or "").split("@")[0], person.handle) if text}
    return {key for key in keys if key}


def free_handle(name: str) -> str:
    """A handle nobody has yet, from the likeliest reading of the name.

    Two people entered at the same moment may be given the same one; the unique key then refuses the second.
    """
    base = re.sub(r"[^a-z0-9]+", "", (readings(name) or [""])[0])[:40] or "person"
    if not Person.objects.filter(handle=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"
