"""Setting up an installation, and a password link for an administrator who is locked out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhiliu.directory.accounts import new_person
from zhiliu.directory.calendar import seed_year
from zhiliu.directory.facts import LoginLinkHanded, OrganisationChanged
from zhiliu.directory.login_links import LIFE, Purpose, login_link_key, make_login_link, may_come_in
from zhiliu.directory.models import LoginLink, Organisation, Person
from zhiliu.directory.reaching import address_fault
from zhiliu.kit.contracts.audit import Change, change, picture
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.chinese_text import has_han
from zhiliu.kit.web.site import base_url, clean_address, is_loopback, known_address

from .schema import migrate


def set_up(*, organisation: str, name: str, email: str, address: str = "") -> LoginLink:
    """Name the organisation, seed the working calendar, create the first administrator.

    Args:
        address: the public address, from ``clean_address``; '' if unknown.

    Returns:
        The link by which the administrator sets a password.

    Raises:
        Refused: there is an administrator already.
    """
    with transaction.atomic():
        if Person.objects.filter(is_admin=True).exists():
            raise Refused(_("This installation has been set up already."))
        Organisation(name=organisation, address=address).save()
        for year in (timezone.localdate().year, timezone.localdate().year + 1):
            seed_year(year)
        person = new_person(name=name, email=email, is_admin=True)
        return make_login_link(person, Purpose.HANDED)


def is_set_up() -> bool:
    """Return True if an administrator can sign in."""
    return Person.objects.active().filter(is_admin=True).exists()


def initialise(answers: dict[str, str | None]) -> int:
    """``zhiliu init``: ask for missing values, set up, and print the next steps.

    Args:
        answers: organisation, name, email and address, None if missing.

    Returns:
        The exit code.
    """
    migrate()
    with translation.override(command_language(*answers.values())):
        if is_set_up():
            return _say_already()
        try:
            values = {name: _given(name, value) for name, value in answers.items()}
        except Refused as refused:
            return _fail(str(refused))
        link = set_up(**values)
        print(_("Everything is ready for %(organisation)s.") % values)
        print(_("1. Start it:  zhiliu up"))
        print(_("2. Open this link and choose your password (it works once, within %(days)s days):") % _days())
        print(f"   {_link_address(link)}")
        _say_address()
    return 0


def _days() -> dict[str, int]:
    return {"days": LIFE[Purpose.HANDED].days}


def _link_address(link: LoginLink) -> str:
    return base_url() + reverse("entry", args=[login_link_key(link)])


def _say_address() -> None:
    if not known_address():
        message = _("The web address isn’t set yet. Until then, links start with %(address)s.")
        print(message % {"address": base_url()})
        print(_("Set it on the page “Organisation”, or here:  zhiliu address https://zhiliu.example.com"))


def _say_already() -> int:
    names = ", ".join(Person.objects.active().filter(is_admin=True).values_list("name", flat=True)[:5])
    params = {"organisation": Organisation.current_name(), "names": names}
    print(_("%(organisation)s has been set up already; nothing was changed. Administrators: %(names)s.") % params)
    print(_("Start it:  zhiliu up"))
    print(_("Lost the password?  zhiliu password EMAIL-ADDRESS"))
    return 1


def _given(name: str, value: str | None) -> str:
    """Return a cleaned value from the command line, else from the terminal."""
    question = _QUESTIONS[name]()
    if value is None and sys.stdin is not None and sys.stdin.isatty():
        value = input(f"{question} ")
    value = (value or "").strip()
    if name == "address":
        return clean_address(value) if value else ""
    if not value:
        raise Refused(_("Give --%(name)s.") % {"name": name})
    if name == "email":
        try:
            validate_email(value)
        except ValidationError:
            raise Refused(_("“%(value)s” is not an email address.") % {"value": value}) from None
    return value


_QUESTIONS: dict[str, Callable[[], str]] = {
    "organisation": lambda: _("Name of the organisation:"),
    "name": lambda: _("Your name:"),
    "email": lambda: _("Your email address:"),
    "address": lambda: _(
        "At which address will people reach Zhiliu? (For example https://zhiliu.example.com; leave empty to "
        "set it later)"
    ),
}


def hand_password_link(who: str) -> int:
    """``zhiliu password``: print a link to set a new password; the old one works until it is used.

    Returns:
        The exit code.
    """
    migrate()
    with translation.override(command_language()):
        person = Person.objects.known_as(who).first()
        if person is None or not may_come_in(person):
            return _fail(_("No one who can sign in is called “%(who)s”.") % {"who": who})
        with transaction.atomic():
            link = make_login_link(person, Purpose.HANDED)
            fact = LoginLinkHanded(person_id=person.pk, link_id=link.pk)
            announce(fact, change=Change(person.name, "directory.person"))
        params = {"name": person.name, **_days()}
        print(_("With this link %(name)s chooses a new password (it works once, within %(days)s days):") % params)
        print(_link_address(link))
        _say_address()
    return 0


def show_address(wanted: str | None) -> int:
    """``zhiliu address``: show or set the public address of the installation.

    Returns:
        The exit code: 1 if the address leads elsewhere; it is set anyway.
    """
    migrate()
    with translation.override(command_language()):
        try:
            if wanted is not None:
                _set_address(clean_address(wanted))
        except Refused as refused:
            return _fail(str(refused))
        address = known_address()
        if not address:
            _say_address()
            return 1
        print(address)
        fault = _("It points to each reader’s own computer.") if is_loopback(address) else address_fault(address)
        return _fail(fault) if fault else 0


def _set_address(address: str) -> None:
    if settings.ADDRESS_IS_DECLARED:
        raise Refused(_("The address is set by ZHILIU_BASE_URL; change it there."))
    with transaction.atomic():
        was = picture(Organisation, 1)
        if not Organisation.objects.filter(pk=1).update(address=address):
            raise Refused(_("Run “zhiliu init” first."))
        announce(OrganisationChanged(), change=change(was, picture(Organisation, 1)))
    Organisation.forget()


def say_when_empty() -> None:
    """Print a line for the operator if nobody can sign in yet. Runs in a separate process."""
    if not is_set_up():
        with translation.override(command_language()):
            print(
                _("zhiliu: no one can sign in yet. Run “zhiliu init” in a second window."), file=sys.stderr, flush=True
            )


def command_language(*given: Any) -> str:
    """Return the language of terminal output.

    The language declared for the installation wins. Otherwise Chinese, if the terminal or the given names or the
    organisation's name are Chinese; then English for an English terminal; else the default language.
    """
    if "language" in settings.DECLARED.model_fields_set:
        return str(settings.LANGUAGE_CODE)
    terminal = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(key))), "")
    if terminal.startswith("zh") or any(has_han(str(item or "")) for item in (*given, _organisation_name())):
        return "zh-hans"
    return "en" if terminal.startswith("en") else str(settings.LANGUAGE_CODE)


def _organisation_name() -> str:
    """Return the organisation's name; '' also while there is no database yet, which the doctor checks too."""
    try:
        return Organisation.current_name()
    except DatabaseError:
        return ""


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
