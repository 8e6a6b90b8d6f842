"""Joining, leaving and roles: one person in one community, and announced when it happens and not again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import fresh, make_community
from zhiliu.communities.admission.inviting import invite_people
from zhiliu.communities.joining import (
    accept_rulebook,
    add_members,
    give_role,
    join,
    leave,
    remove_member,
    way_in,
    why_not_yet,
)
from zhiliu.communities.models import Community, Consent, Invitation, JoinRequest, Opening, OptOut, WaitingPlace
from zhiliu.communities.role_permissions import Admission, JoinMethod, Role
from zhiliu.communities.starting import set_rulebook
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused

from .stage import count_facts, inside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def admits(community: Community, admission: str) -> Community:
    Community.objects.filter(pk=community.pk).update(admission=admission)
    return Community.objects.get(pk=community.pk)


def test_a_yes_to_the_rules_is_announced_when_it_is_said_and_not_again(
    community: Community, lin: Person, xu: Person
) -> None:
    rulebook, before = set_rulebook(community, "- 新的一条", by=lin), count_facts("rulebook_accepted")
    for _turn in range(2):
        accept_rulebook(rulebook, by=xu)
        assert count_facts("rulebook_accepted") == before + 1
    assert Consent.objects.filter(rulebook=rulebook).count() == 1


def test_a_role_is_announced_when_it_is_given_and_not_again(community: Community, lin: Person, wang: Person) -> None:
    for _turn in range(2):
        give_role(community, wang, Role.EXPERT, by=lin)
        assert count_facts("role_given") == 1


def test_a_guest_has_no_role(community: Community, lin: Person, zhao: Person) -> None:
    with pytest.raises(Refused, match="Guests can’t have a role"):
        give_role(community, zhao, Role.EXPERT, by=lin)
    give_role(community, zhao, Role.MEMBER, by=lin)
    assert (community.memberships.get(person=zhao).role, count_facts("role_given")) == (Role.MEMBER, 0)


def test_the_manager_of_another_community_does_not_free_the_only_one(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    make_community(sun, lin, name="孙立的站")
    add_members(community, {sun: Role.MEMBER}, by=lin)
    with pytest.raises(Refused, match="A community needs a manager"):
        leave(community, by=lin)
    leave(community, by=fresh(sun))
    assert inside(community) == ["lin", "wang", "xu", "zhao"]


def test_who_asks_again_has_asked_once(closed_community: Community, sun: Person) -> None:
    place = admits(closed_community, Admission.REQUEST)
    for note in ("我想来", "还是想来"):
        request = join(place, by=fresh(sun), accepts=place.rulebooks.first(), note=note)
        assert (isinstance(request, JoinRequest), count_facts("join_requested")) == (True, 1)
    assert (JoinRequest.objects.get().note, inside(place)) == ("我想来", ["lin", "wang"])


@pytest.mark.parametrize(
    ("admission", "visibility", "way"),
    [
        (Admission.OPEN, "open", JoinMethod.OWN),
        (Admission.OPEN, "private", JoinMethod.REQUEST),
        (Admission.REQUEST, "open", JoinMethod.REQUEST),
        (Admission.RULE, "open", JoinMethod.RULE),
        (Admission.RULE, "private", JoinMethod.RULE),
    ],
)
def test_how_somebody_comes_in_unless_they_are_invited_there(
    closed_community: Community,
    community: Community,
    lin: Person,
    sun: Person,
    admission: str,
    visibility: str,
    way: str,
) -> None:
    Community.objects.filter(pk=community.pk).update(visibility=visibility)
    place = admits(community, admission)
    invite_people(closed_community, [sun], by=lin)
    assert way_in(place, fresh(sun)) == way
    invite_people(place, [sun], by=lin)
    assert way_in(place, fresh(sun)) == JoinMethod.INVITATION


@pytest.mark.parametrize("admission", [Admission.OPEN, Admission.RULE])
def test_who_leaves_or_is_removed_opts_out_of_a_rule_and_of_nothing_else(
    community: Community, lin: Person, wang: Person, xu: Person, admission: str
) -> None:
    place = admits(community, admission)
    leave(place, by=fresh(wang))
    remove_member(place, xu, by=lin)
    remove_member(place, fresh(xu), by=lin)
    assert (inside(place), count_facts("member_left")) == (["lin", "zhao"], 2)
    opted_out = set(OptOut.objects.values_list("community", "person"))
    assert opted_out == ({(place.pk, wang.pk), (place.pk, xu.pk)} if admission == Admission.RULE else set())


def test_who_is_added_no_longer_waits_opts_out_or_is_asked_there(
    community: Community, closed_community: Community, lin: Person, sun: Person, admin: Person
) -> None:
    for place in (community, closed_community):
        invite_people(place, [sun], by=lin)
        for person in (sun, admin):
            OptOut.objects.create(community=place, person=person)
            WaitingPlace.objects.create(community=place, person=person, way=JoinMethod.OWN)
    assert add_members(community, {sun: Role.MEMBER, lin: Role.MEMBER}, by=lin) == 1
    left = {(community.pk, admin.pk), (closed_community.pk, sun.pk), (closed_community.pk, admin.pk)}
    for model in (OptOut, WaitingPlace):
        assert set(model.objects.values_list("community", "person")) == left
    assert dict(Invitation.objects.values_list("community", "answer")) == {
        community.pk: "accepted",
        closed_community.pk: "",
    }
    assert community.memberships.get(person=lin).role == Role.MANAGER


def test_a_community_in_preparation_says_when_it_opens(community: Community, closed_community: Community) -> None:
    opens_at = timezone.make_aware(dt.datetime(2026, 6, 26, 9, 0))
    opening = Opening.objects.create(community=community, parent=closed_community, part="level", opens_at=opens_at)
    assert why_not_yet(Community.objects.get(pk=community.pk)) is None
    Community.objects.update(phase=Community.Phase.INCUBATING)
    place, other = (Community.objects.get(pk=row.pk) for row in (community, closed_community))
    assert str(why_not_yet(place)).startswith("In preparation. Opens on ")
    assert why_not_yet(other) is None
    opening.opened_at = opens_at
    opening.save()
    assert why_not_yet(place) is None
