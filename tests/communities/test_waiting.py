"""A community with a limit is never over it; who comes later waits for a place."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections

from tests.cast import fresh, make_community, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.admission.conditions import AdmissionCriteria
from zhiliu.communities.admission.inviting import make_link
from zhiliu.communities.admission.ruling import AdmissionMoves, evaluate, set_rule
from zhiliu.communities.admission.subjects import Condition
from zhiliu.communities.admission.waiting import place_in_line, promote, step_back
from zhiliu.communities.joining import add_members, decide_request, give_role, join, leave, remove_member
from zhiliu.communities.models import AdmissionChange, Community, JoinRequest, Membership, OptOut, WaitingPlace
from zhiliu.communities.role_permissions import Role
from zhiliu.communities.starting import change_settings
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Department, Person
from zhiliu.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(lin: Person, wang: Person) -> Community:
    """An open community of Lin and Wang that is full."""
    return make_community(lin, wang, name="读书会", kind="interest", member_limit=2)


def come(community: Community, person: Person, **more: Any) -> Any:
    current = Community.objects.get(pk=community.pk)
    return join(current, by=fresh(person), accepts=current.rulebooks.first(), **more)


def inside(community: Community) -> set[str]:
    return set(community.memberships.values_list("person__handle", flat=True))


def waiting(community: Community) -> list[str]:
    return list(community.waiting_places.order_by("at", "pk").values_list("person__handle", flat=True))


def test_who_comes_when_it_is_full_waits_in_order(small: Community, sun: Person, xu: Person, browse: Any) -> None:
    assert isinstance(come(small, sun), WaitingPlace)
    come(small, sun)
    come(small, xu)
    assert waiting(small) == ["sun", "xu"]
    assert (place_in_line(small, sun), place_in_line(small, xu), place_in_line(small, make_person("other"))) == (
        1,
        2,
        None,
    )
    page = browse(xu).get(small.get_absolute_url()).content.decode()
    assert "你排在第 2 位" in page
    assert f"{small.get_absolute_url()}membership/" not in page
    assert inside(small) == {"lin", "wang"}


def test_a_place_that_gets_free_goes_to_who_waits_longest(
    small: Community, wang: Person, sun: Person, xu: Person, catch_up: Any
) -> None:
    come(small, sun)
    come(small, xu)
    leave(small, by=wang)
    assert inside(small) == {"lin", "sun"}
    assert waiting(small) == ["xu"]
    assert Community.objects.get(pk=small.pk).member_count == 2
    catch_up()
    row = Notification.objects.get(notice="communities.added", person=sun)
    assert row.details == {"waited": True}


def test_a_removal_a_higher_limit_and_a_leaver_make_places_too(
    small: Community, lin: Person, wang: Person, sun: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    for person in (sun, xu, make_person("qi"), make_person("ma")):
        come(small, person)
    remove_member(small, wang, by=lin)
    assert inside(small) == {"lin", "sun"}
    change_settings(Community.objects.get(pk=small.pk), by=lin, member_limit=3)
    assert inside(small) == {"lin", "sun", "xu"}
    deactivate(sun, by=admin)
    catch_up()
    assert inside(small) == {"lin", "xu", "qi"}
    change_settings(Community.objects.get(pk=small.pk), by=lin, member_limit=None)
    assert inside(small) == {"lin", "xu", "qi", "ma"}
    assert waiting(small) == []


def test_who_left_the_organisation_while_waiting_is_passed_over(
    small: Community, wang: Person, sun: Person, xu: Person, admin: Person
) -> None:
    come(small, sun)
    come(small, xu)
    deactivate(sun, by=admin)
    leave(small, by=wang)
    assert inside(small) == {"lin", "xu"}


def test_a_manager_who_left_the_organisation_keeps_the_place_for_people_to_settle(
    small: Community, lin: Person, wang: Person, sun: Person, admin: Person, catch_up: Any
) -> None:
    give_role(small, wang, Role.MANAGER, by=lin)
    come(small, sun)
    deactivate(wang, by=admin)
    catch_up()
    assert inside(small) == {"lin", "wang"}


def test_stepping_back_gives_up_waiting_once(small: Community, wang: Person, sun: Person, browse: Any) -> None:
    come(small, sun)
    client = browse(sun)
    for said in (["已取消等位"], []):
        answer = client.post(f"{small.get_absolute_url()}waiting/departure/", follow=True)
        assert [str(message) for message in answer.context["messages"]] == said
    assert Activity.objects.filter(verb="communities.waiting_ended").count() == 1
    leave(small, by=wang)
    assert inside(small) == {"lin"}


def test_nobody_is_taken_out_when_the_limit_is_lowered(small: Community, lin: Person, sun: Person) -> None:
    change_settings(small, by=lin, member_limit=1)
    assert inside(small) == {"lin", "wang"}
    assert isinstance(come(small, sun), WaitingPlace)


def test_requests_links_and_hands_wait_as_well(
    small: Community, lin: Person, sun: Person, xu: Person, catch_up: Any, browse: Any
) -> None:
    come(small, sun, link=make_link(small, days=1, by=lin))
    change_settings(small, by=lin, admission="request")
    asked = come(small, xu)
    assert isinstance(asked, JoinRequest)
    decide_request(asked, admit=True, by=lin)
    assert add_members(small, {make_person("qi"): Role.MEMBER}, by=lin) == 0
    assert waiting(small) == ["sun", "xu", "qi"]
    assert inside(small) == {"lin", "wang"}
    catch_up()
    inbox_rows = Notification.objects.filter(notice="communities.waiting").values_list("person__handle", flat=True)
    assert list(inbox_rows) == ["qi"]
    assert Notification.objects.get(notice="communities.join_decided").details == {"admitted": True, "waits": True}
    assert "等位" in browse(lin).get(f"{small.get_absolute_url()}members/").content.decode()


def test_by_a_rule_the_others_wait_and_leave_the_list_when_they_fit_no_more(small: Community, lin: Person) -> None:
    sales, service = (Department.objects.create(name=name) for name in ("销售部", "售后部"))
    people = [make_person(f"s{number}", department=sales) for number in range(3)]
    change_settings(small, by=lin, member_limit=3)
    set_rule(
        Community.objects.get(pk=small.pk),
        AdmissionCriteria((Condition("department", any=(sales.pk,)),)),
        version=0,
        by=lin,
    )
    assert evaluate(small) == AdmissionMoves(came=1)
    assert evaluate(small) == AdmissionMoves()
    assert waiting(small) == ["s1", "s2"]
    Person.objects.filter(pk__in=[people[0].pk, people[1].pk]).update(department=service)
    assert evaluate(small) == AdmissionMoves(left=1)
    assert inside(small) == {"lin", "wang", "s2"}
    assert waiting(small) == []
    assert list(AdmissionChange.objects.order_by("pk").values_list("person__handle", "direction")) == [
        *(("s0", "came"), ("s0", "left"), ("s2", "came")),
    ]
    Person.objects.filter(pk=people[0].pk).update(department=sales)
    evaluate(small)
    step_back(small, by=people[0])
    evaluate(small)
    assert waiting(small) == []
    assert OptOut.objects.get().person == people[0]


def test_looking_at_one_person_leaves_the_line_of_the_others(small: Community, lin: Person) -> None:
    sales = Department.objects.create(name="销售部")
    people = [make_person(f"s{number}", department=sales) for number in range(2)]
    set_rule(
        Community.objects.get(pk=small.pk),
        AdmissionCriteria((Condition("department", any=(sales.pk,)),)),
        version=0,
        by=lin,
    )
    evaluate(small)
    assert waiting(small) == ["s0", "s1"]
    Person.objects.filter(pk=people[0].pk).update(department=None)
    evaluate(small, only=[people[0].pk])
    assert waiting(small) == ["s1"]


def test_promoting_without_a_free_place_changes_nothing(small: Community, sun: Person) -> None:
    come(small, sun)
    assert promote(small) == 0
    assert waiting(small) == ["sun"]


@pytest.mark.django_db(transaction=True)
def test_eight_who_join_at_the_same_moment_never_go_over_the_limit(small: Community, lin: Person) -> None:
    change_settings(small, by=lin, member_limit=5)
    people = [make_person(f"p{number}") for number in range(8)]
    start, results = threading.Barrier(8), {}

    def take(person: Person) -> None:
        start.wait()
        try:
            results[person.handle] = type(come(small, person)).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(person,)) for person in people]
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads do not share a database in memory")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results.values()) == ["Membership"] * 3 + ["WaitingPlace"] * 5
    assert Membership.objects.filter(community=small).count() == 5
    assert Community.objects.get(pk=small.pk).member_count == 5
    assert WaitingPlace.objects.count() == 5
