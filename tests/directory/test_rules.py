"""Who may do what to people."""

from __future__ import annotations

import pytest

from tests.cast import gone, make_person, who_may
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory import rules
from zhiliu.directory.models import Organisation, Person

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


def test_a_photo_is_set_by_the_person_and_by_administrators_as_the_organisation_says(wang: Person) -> None:
    organisation = Organisation(name="岭东冷链")
    for photos, people in (("everyone", "wang admin"), ("admins", "admin"), ("off", "")):
        organisation.photos = photos
        organisation.save()
        assert who_may(rules.can_set_photo, wang) == people
    organisation.photos = "everyone"
    organisation.save()
    assert who_may(rules.can_set_photo, make_person("robot", kind=Person.Kind.BOT)) == ""
    assert who_may(rules.can_set_photo, gone(wang)) == ""


def test_a_photo_is_removed_by_the_person_their_moderators_and_administrators(
    community: Community, xu: Person, sun: Person, zhao: Person
) -> None:
    assert set(who_may(rules.can_remove_photo, xu).split()) == {"xu", "lin", "admin"}
    assert who_may(rules.can_remove_photo, sun) == "admin sun"
    Membership.objects.filter(person=zhao).update(role=Role.LEADER)
    assert set(who_may(rules.can_remove_photo, xu).split()) == {"xu", "lin", "admin"}
