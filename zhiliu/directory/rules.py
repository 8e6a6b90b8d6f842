"""Permissions about people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.rules import name_rule, rule

from .models import Person


@rule(_("Only administrators can do this."))
def is_admin(person: Person, thing: Any) -> bool:
    """The person is an administrator of the installation."""
    return person.is_active and person.is_admin


@rule(_("Guests can’t do this."))
def is_employee(person: Person, thing: Any) -> bool:
    """The person belongs to the organisation."""
    return person.is_active and person.kind == Person.Kind.EMPLOYEE


@rule(_("Only the person themselves can edit this."))
def is_self(person: Person, other: Person) -> bool:
    """The person is the other person."""
    return person.pk == other.pk


@rule(_("You can’t follow yourself."))
def is_other(person: Person, other: Person) -> bool:
    """The person is not the other person."""
    return person.pk != other.pk


@rule(_("You can’t follow someone who has left."))
def is_here(person: Person, other: Person) -> bool:
    """The other person is active and not a bot."""
    return other.is_active and other.kind != Person.Kind.BOT


name_rule("directory.administer", is_admin)
can_edit_profile = name_rule("directory.edit_profile", is_admin | is_self)
can_endorse = name_rule("directory.endorse", is_employee)
can_follow = name_rule("directory.follow", is_other & is_here)
