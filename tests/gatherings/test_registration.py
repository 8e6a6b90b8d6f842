"""People sign up and off, wait, and come."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.cast import fresh, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.checking_in import check_in, check_in_person
from zhiliu.gatherings.models import CheckIn, Gathering, Seat
from zhiliu.gatherings.registration import give_up_seat, sign_up
from zhiliu.gatherings.scheduling import cancel
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

from .stage import make_fixed, make_talk, now_running, over, shift


def one_seat(community: Community, lin: Person) -> Gathering:
    talk = make_fixed(community, lin)
    Gathering.objects.filter(pk=talk.pk).update(seats=1)
    return Gathering.objects.get(pk=talk.pk)


def test_a_double_click_takes_one_seat(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    assert sign_up(talk, by=wang).pk == sign_up(talk, by=wang).pk
    assert (talk.taken, Activity.objects.filter(verb="gatherings.seat_taken").count()) == (1, 1)


def test_a_colleague_who_sees_the_community_may_come(community: Community, lin: Person, sun: Person) -> None:
    assert not sign_up(make_fixed(community, lin), by=sun).waiting


def test_out_of_reach_there_is_no_seat(closed_community: Community, lin: Person, sun: Person) -> None:
    with pytest.raises(Forbidden):
        sign_up(make_fixed(closed_community, lin), by=sun)
    assert not Seat.objects.exists()


def test_no_seats_before_the_time_is_fixed_or_after_the_end(community: Community, lin: Person, wang: Person) -> None:
    with pytest.raises(Refused, match="No time yet"):
        sign_up(make_talk(community, lin), by=wang)
    with pytest.raises(Refused, match="over"):
        sign_up(over(make_fixed(community, lin)), by=wang)
    with pytest.raises(Refused, match="over"):
        sign_up(cancel(make_fixed(community, lin), reason="不办了", by=lin), by=wang)
    assert not Seat.objects.exists()


def test_sharer_and_host_need_no_seat(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin, sharer=wang)
    for person in (lin, wang):
        with pytest.raises(Refused, match="expected"):
            sign_up(talk, by=person)


def test_full_means_waiting_and_a_freed_seat_goes_to_the_first(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, catch_up: Any
) -> None:
    talk = one_seat(community, lin)
    assert [sign_up(talk, by=person).waiting for person in (wang, xu, sun)] == [False, True, True]
    give_up_seat(talk, by=wang)
    give_up_seat(talk, by=wang)
    assert dict(Seat.objects.values_list("person__handle", "waiting")) == {"xu": False, "sun": True}
    talk.refresh_from_db()
    assert talk.taken == 1
    catch_up()
    assert Notification.objects.get(notice="gatherings.promoted").person == xu


def test_who_leaves_the_waiting_list_moves_nobody(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    talk = one_seat(community, lin)
    for person in (wang, xu, sun):
        sign_up(talk, by=person)
    give_up_seat(talk, by=xu)
    assert dict(Seat.objects.values_list("person__handle", "waiting")) == {"wang": False, "sun": True}
    assert not Activity.objects.filter(verb="gatherings.seat_promoted").exists()


def test_once_it_has_begun_nobody_signs_off(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    with pytest.raises(Refused, match="has started"):
        give_up_seat(now_running(talk), by=wang)
    assert Seat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_on_the_last_seat_one_waits(lin: Person, wang: Person, xu: Person) -> None:
    from tests.cast import make_community

    community = make_community(lin, wang, xu)
    talk = one_seat(community, fresh(lin))
    start, results = threading.Barrier(2), {}

    def take(person: Person) -> None:
        start.wait()
        try:
            results[person.handle] = sign_up(Gathering.objects.get(pk=talk.pk), by=fresh(person)).waiting
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(person,)) for person in (wang, xu)]
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads do not share a database in memory")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results.values()) == [False, True]
    talk.refresh_from_db()
    assert talk.taken == 1


# --- checking in ------------------------------------------------------------------------------------------------------


def test_the_code_checks_in_once(community: Community, lin: Person, wang: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    check_in(talk, f" {talk.code[:3]} {talk.code[3:]} ", by=wang)
    check_in(talk, talk.code, by=wang)
    assert CheckIn.objects.get().person == wang
    assert Activity.objects.filter(verb="gatherings.checked_in").count() == 1


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６"])
def test_a_wrong_code_is_refused(community: Community, lin: Person, wang: Person, code: str) -> None:
    talk = now_running(make_fixed(community, lin))
    with pytest.raises(Refused, match="code"):
        check_in(talk, code, by=wang)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(("minutes", "fine"), [(31, False), (29, True), (-179, True), (-181, False)])
def test_one_checks_in_near_the_time(community: Community, lin: Person, wang: Person, minutes: int, fine: bool) -> None:
    talk = shift(make_fixed(community, lin), timezone.now() + dt.timedelta(minutes=minutes))
    if fine:
        check_in(talk, talk.code, by=wang)
    else:
        with pytest.raises(Refused, match="30 minutes"):
            check_in(talk, talk.code, by=wang)
    assert CheckIn.objects.exists() is fine


def test_the_host_notes_who_came_and_others_do_not(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    check_in_person(talk, xu, by=lin)
    with pytest.raises(Forbidden):
        check_in_person(talk, make_person("p1"), by=wang)
    assert (CheckIn.objects.get().person, CheckIn.objects.get().by) == (xu, lin)
