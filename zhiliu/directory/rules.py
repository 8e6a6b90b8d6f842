"""Permissions about people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.registry import Provider, Registry
from zhiliu.kit.contracts.rules import name_rule, rule

from .models import Organisation, Person

# Who else looks after a person: (who asks, the person) -> whether they do.
caretakers: Registry[Callable[[Person, Person], bool]] = Registry("who looks after a person")

# Whether a person moderates a community of another one.
moderates_member: Provider[Callable[[Person, Person], bool]] = Provider("who moderates a person's community")


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


@rule(_("Only administrators, and managers of a community of this person, can do this."))
def is_caretaker(person: Person, other: Person) -> bool:
    """The person looks after the other one, as the apps above say."""
    return person.is_active and any(cares_for(person, other) for cares_for in caretakers)


@rule(_("Photos are switched off."))
def shows_photos(person: Person, other: Person) -> bool:
    """The organisation shows photos of people."""
    return Organisation.current().photos != Organisation.Photos.OFF


@rule(_("Only administrators add photos here."))
def people_add_photos(person: Person, other: Person) -> bool:
    """The organisation lets people add their own photo."""
    return Organisation.current().photos == Organisation.Photos.EVERYONE


@rule(_("Only people who work here have a photo."))
def can_have_photo(person: Person, other: Person) -> bool:
    """The other person is active and not a bot."""
    return person.is_active and other.is_active and other.kind != Person.Kind.BOT


@rule(_("Only the person themselves, moderators and administrators can remove this photo."))
def is_moderator(person: Person, other: Person) -> bool:
    """The person moderates a community of the other one."""
    return person.is_active and moderates_member.provider(person, other)


name_rule("directory.administer", is_admin)
can_mail_link = name_rule("directory.mail_link", is_admin | is_caretaker)
can_edit_profile = name_rule("directory.edit_profile", is_admin | is_self)
can_endorse = name_rule("directory.endorse", is_employee)
can_follow = name_rule("directory.follow", is_other & is_here)
can_set_photo = name_rule(
    "directory.set_photo", shows_photos & can_have_photo & (is_admin | people_add_photos & is_self)
)
can_remove_photo = name_rule("directory.remove_photo", is_admin | is_self | is_moderator)
