"""Who may do what to people."""

from __future__ import annotations

import pytest

from tests.cast import gone, make_person, who_may
from zhiliu.directory import rules
from zhiliu.directory.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everybody(lin: Person, wang: Person, zhao: Person, admin: Person) -> None:
    """Two employees, a guest, an administrator."""


def test_administrators_administer_until_they_leave(admin: Person) -> None:
    assert who_may(rules.is_admin, None) == "admin"
    gone(admin)
    assert who_may(rules.is_admin, None) == ""


def test_a_profile_is_edited_by_the_person_and_by_administrators(wang: Person) -> None:
    assert who_may(rules.can_edit_profile, wang) == "wang admin"


def test_employees_endorse_until_they_leave_and_guests_do_not(wang: Person) -> None:
    assert who_may(rules.can_endorse, None) == "lin wang admin"
    gone(wang)
    assert who_may(rules.can_endorse, None) == "lin admin"


def test_one_follows_others_who_are_here_and_are_no_bots(wang: Person) -> None:
    assert who_may(rules.can_follow, wang) == "lin zhao admin"
    assert who_may(rules.can_follow, gone(wang)) == ""
    bot = make_person("robot", kind=Person.Kind.BOT)
    assert who_may(rules.can_follow, bot) == ""
