"""Administrators create and change people, and appoint administrators."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import change, picture, picture_of
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from ..accounts import change_people, keep_an_administrator, new_person
from ..facts import AdministratorMade, AdministratorUnmade
from ..fields import merged
from ..models import Person
from ..rules import is_admin
from .structure import hold_structure

_TAKEN = _("This employee number or email address belongs to someone else.")


class StalePerson(Refused):
    """The person was changed meanwhile."""


def enter_person(*, by: Person, values: dict[str, str] | None = None, **fields: Any) -> Person:
    """Create a person manually; they sign in by a link an administrator passes on.

    Args:
        values: of the custom fields, by key.
        fields: of :class:`Person`.

    Raises:
        Refused: number or mail address is taken or invalid.
    """
    require(is_admin, by)
    try:
        return new_person(by=by, extra=merged({}, values or {}), **fields)
    except ValidationError as error:
        raise _refusal(error) from None
    except IntegrityError:
        # Race: two administrators entered the same number at the same moment.
        raise Refused(_TAKEN) from None


def change_person(
    person: Person, *, version: int, by: Person, values: dict[str, str] | None = None, **fields: Any
) -> Person:
    """Change the data administrators keep about a person.

    Args:
        version: of the person the form was made from. values, fields: as for :func:`enter_person`.

    Raises:
        StalePerson: the person was changed meanwhile.
        Refused: a value is taken, or the manager reports to the person.
    """
    require(is_admin, by)
    with transaction.atomic():
        hold_structure()
        current = Person.objects.select_for_update().get(pk=person.pk)
        if current.version != version:
            raise StalePerson(_("Someone else changed this. Review the current version, then save again."))
        was = picture_of(current)
        refuse_circle(current, fields.get("manager"))
        for name, value in fields.items():
            setattr(current, name, value)
        current.email = (current.email or "").lower() or None
        current.extra = merged(current.extra, values or {})
        current.version = version + 1
        _check(current)
        current.save(update_fields=[*fields, "extra", "version"])
        change_people([current], by=by, was=was)
    return current


def set_administrator(person: Person, on: bool, *, by: Person) -> None:
    """Appoint or dismiss an administrator. Idempotent.

    Raises:
        Refused: a guest, a leaver, or the last administrator.
    """
    require(is_admin, by)
    if on and (person.kind != Person.Kind.EMPLOYEE or not person.is_active):
        raise Refused(_("Only colleagues who work here can be administrators."))
    with transaction.atomic():
        if not on:
            keep_an_administrator(without=person)
        was = picture(Person, person.pk)
        rows = Person.objects.filter(pk=person.pk, is_admin=not on)
        if rows.update(is_admin=on):
            fact = AdministratorMade if on else AdministratorUnmade
            announce(fact(person_id=person.pk, by_id=by.pk), change=change(was, picture(Person, person.pk)))


def refuse_circle(person: Person, manager: Person | None) -> None:
    """Refuse a manager who reports to ``person``, directly or through others."""
    if manager is None:
        return
    if manager.pk == person.pk:
        raise Refused(_("People can’t report to themselves."), field="manager")
    # Queried at every step: rows loaded before waiting for the lock may be stale.
    visited, above = set(), manager.pk
    while above and above not in visited:
        visited.add(above)
        above = Person.objects.filter(pk=above).values_list("manager_id", flat=True).first()
        if above == person.pk:
            names = {"manager": manager, "person": person}
            raise Refused(
                _("%(manager)s reports to %(person)s, so it can’t also be the other way round.") % names,
                field="manager",
            )


def _check(person: Person) -> None:
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> Refused:
    field, errors = next(iter(error.error_dict.items()))
    if any(validation_error.code in ("unique", "unique_together") for validation_error in errors):
        return Refused(_TAKEN, field=field)
    return Refused(str(errors[0].messages[0]), field=field)
