"""The waiting list: of one community, in its order, and a place changes hands only where there is a limit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.cast import gone, make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.waiting import (
    drop_misfits,
    free_places,
    free_places_of_leavers,
    place_in_line,
    place_of,
    promote,
    step_back,
    wait,
)
from zhiliu.communities.models import AdmissionChange, Community, Membership, OptOut, WaitingPlace
from zhiliu.communities.role_permissions import Admission, JoinMethod, Role
from zhiliu.directory.models import Person

from .stage import count_facts, inside, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def small(lin: Person, wang: Person) -> Community:
    """Lin and Wang fill it."""
    return make_community(lin, wang, name="读书会", kind="interest", member_limit=2)


@pytest.fixture
def other(lin: Person, wang: Person) -> Community:
    """Lin and Wang fill this one, too."""
    return make_community(lin, wang, name="羽毛球", kind="interest", member_limit=2)


def limit(community: Community, most: int | None) -> Community:
    Community.objects.filter(pk=community.pk).update(member_limit=most)
    return Community.objects.get(pk=community.pk)


def line(community: Community, *people: Person, way: str = JoinMethod.OWN) -> None:
    wait(community, [person.pk for person in people], way=way, by=None)


@pytest.mark.parametrize(("most", "free"), [(None, None), (1, 0), (2, 0), (3, 1)])
def test_free_places_are_those_of_one_community_and_never_fewer_than_none(
    small: Community, other: Community, most: int | None, free: int | None
) -> None:
    assert free_places(limit(small, most)) == free


def test_who_waits_already_keeps_the_place_and_is_not_announced_again(
    small: Community, other: Community, sun: Person, xu: Person
) -> None:
    line(small, sun)
    line(small, xu, sun)
    line(other, sun)
    assert (waiting(small), waiting(other)) == (["sun", "xu"], ["sun"])
    rows = Activity.objects.filter(verb="communities.waiting_began").order_by("pk")
    assert [row.data["person_ids"] for row in rows] == [[sun.pk], [xu.pk], [sun.pk]]


def test_a_free_place_goes_to_the_first_in_line_of_that_community(
    small: Community, other: Community, sun: Person, xu: Person
) -> None:
    for place in (small, other):
        line(place, sun, xu)
    assert (promote(limit(small, 3)), promote(other)) == (1, 0)
    assert (inside(small), waiting(small)) == (["lin", "sun", "wang"], ["xu"])
    assert (inside(other), waiting(other)) == (["lin", "wang"], ["sun", "xu"])
    joined = Activity.objects.filter(verb="communities.members_joined", data__waited=True)
    assert [(row.community_id, row.data["person_ids"]) for row in joined] == [(small.pk, [sun.pk])]
    assert Community.objects.get(pk=small.pk).member_count == 3


def test_without_a_limit_all_who_wait_and_are_still_here_come_in(small: Community, sun: Person, xu: Person) -> None:
    line(small, sun, xu)
    gone(sun)
    assert promote(limit(small, None)) == 1
    assert (inside(small), waiting(small)) == (["lin", "wang", "xu"], ["sun"])


def test_only_who_waited_by_the_rule_is_noted_to_have_come_by_it(small: Community, sun: Person, xu: Person) -> None:
    line(small, sun, way=JoinMethod.RULE)
    line(small, xu)
    promote(limit(small, None))
    assert list(AdmissionChange.objects.values_list("person__handle", "direction")) == [("sun", "came")]
    ways = dict(Membership.objects.filter(community=small).values_list("person__handle", "way"))
    assert (ways["sun"], ways["xu"]) == (JoinMethod.RULE, JoinMethod.OWN)


@pytest.mark.parametrize("admission", [Admission.OPEN, Admission.RULE])
def test_who_steps_back_leaves_one_line_and_is_left_alone_by_a_rule(
    small: Community, other: Community, sun: Person, xu: Person, admission: str
) -> None:
    Community.objects.filter(pk=small.pk).update(admission=admission)
    for place in (small, other):
        line(place, sun, xu)
    for was_waiting in (True, False):
        assert step_back(small, by=sun) is was_waiting
        assert count_facts("waiting_ended") == 1
    assert (waiting(small), waiting(other)) == (["xu"], ["sun", "xu"])
    opted_out = list(OptOut.objects.values_list("community", "person"))
    assert opted_out == [(small.pk, sun.pk)] * (admission == Admission.RULE)


def test_the_place_in_line_counts_those_before_who_are_still_here(
    small: Community, other: Community, sun: Person, xu: Person, wang: Person
) -> None:
    third = make_person("third")
    line(other, xu)
    line(small, sun, xu, third)
    same_moment = WaitingPlace.objects.get(community=small, person=xu).at
    WaitingPlace.objects.filter(community=small, person=third).update(at=same_moment)
    assert [place_in_line(small, person) for person in (sun, xu, third, wang)] == [1, 2, 3, None]
    assert [place_in_line(other, person) for person in (sun, xu)] == [None, 1]
    gone(sun)
    assert [place_in_line(small, person) for person in (xu, third)] == [1, 2]
    place = place_of(small, xu)
    assert place is not None and (place.community, place.person) == (small, xu)


# -- leavers ----------------------------------------------------------------------------------------------------------


def test_the_place_of_a_leaver_goes_to_the_first_in_line(
    small: Community, other: Community, wang: Person, sun: Person
) -> None:
    line(small, sun)
    gone(wang)
    free_places_of_leavers([wang.pk])
    assert (inside(small), waiting(small), inside(other)) == (["lin", "sun"], [], ["lin"])
    counts = [Community.objects.get(pk=place.pk).member_count for place in (small, other)]
    assert (counts, count_facts("members_left")) == ([2, 1], 2)


def test_who_is_here_or_was_not_named_or_manages_keeps_the_place(
    small: Community, lin: Person, wang: Person, xu: Person
) -> None:
    free_places_of_leavers([wang.pk])
    gone(wang)
    gone(lin)
    free_places_of_leavers([xu.pk, lin.pk])
    assert (inside(small), count_facts("members_left")) == (["lin", "wang"], 0)
    assert Membership.objects.get(community=small, person=lin).role == Role.MANAGER


def test_of_two_leavers_each_goes_where_they_were_a_mere_member(
    small: Community, other: Community, lin: Person, wang: Person
) -> None:
    Membership.objects.filter(community=other, person=wang).update(role=Role.MANAGER)
    Membership.objects.filter(community=other, person=lin).update(role=Role.MEMBER)
    for person in (lin, wang):
        gone(person)
    free_places_of_leavers([lin.pk, wang.pk])
    assert (inside(small), inside(other)) == (["lin"], ["wang"])
    rows = Activity.objects.filter(verb="communities.members_left")
    assert {row.community_id: row.data["person_ids"] for row in rows} == {small.pk: [wang.pk], other.pk: [lin.pk]}


def test_without_a_limit_a_leaver_stays_a_member(small: Community, wang: Person) -> None:
    limit(small, None)
    gone(wang)
    free_places_of_leavers([wang.pk])
    assert (inside(small), count_facts("members_left")) == (["lin", "wang"], 0)


def test_off_the_list_go_those_of_one_community_who_wait_by_the_rule_and_fit_no_more(
    small: Community, other: Community, sun: Person, xu: Person
) -> None:
    third, fourth = make_person("third"), make_person("fourth")
    line(other, sun, way=JoinMethod.RULE)
    line(small, sun, xu, fourth, way=JoinMethod.RULE)
    line(small, third)
    fit = Person.objects.filter(pk=xu.pk)
    drop_misfits(small, fit, only=[sun.pk, xu.pk, third.pk])
    assert (waiting(small), waiting(other)) == (["xu", "fourth", "third"], ["sun"])
    drop_misfits(small, fit)
    assert (waiting(small), waiting(other)) == (["xu", "third"], ["sun"])
