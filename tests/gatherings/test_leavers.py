"""Who leaves holds nothing any more, and whoever waits moves up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhiliu.activity.models import Activity
from zhiliu.communities.joining import leave
from zhiliu.communities.models import Community
from zhiliu.directory.accounts import deactivate
from zhiliu.directory.models import Person
from zhiliu.discussions.models import Duty
from zhiliu.gatherings.depositing import assign_deposit, start_deposit
from zhiliu.gatherings.inviting import accept_to_share, invite_sharer
from zhiliu.gatherings.lightning import add_talk
from zhiliu.gatherings.models import Deposit, Gathering, Invitation, LightningTalk, Seat
from zhiliu.gatherings.proposing import propose_tea_chat
from zhiliu.gatherings.registration import sign_up
from zhiliu.knowledge.publishing import publish
from zhiliu.notifications.models import Notification

from .stage import make_fixed, make_held, make_talk, now_running, soon

pytestmark = pytest.mark.django_db


def seats(talk: Gathering) -> dict[str, bool]:
    return {seat.person.handle: seat.waiting for seat in Seat.objects.filter(gathering=talk)}


def test_a_leavers_seat_goes_to_who_waits(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, admin: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin, seats=2)
    for person in (wang, sun, xu):
        sign_up(talk, by=person)
    assert seats(talk) == {"wang": False, "sun": False, "xu": True}
    deactivate(wang, by=admin)
    catch_up()
    assert seats(talk) == {"sun": False, "xu": False}
    assert Gathering.objects.get().taken == 2
    assert Notification.objects.filter(person=xu, notice="gatherings.promoted").count() == 1


def test_a_leaver_who_waits_gets_no_seat(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person, admin: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin, seats=2)
    for person in (wang, sun, xu):
        sign_up(talk, by=person)
    deactivate(xu, by=admin)
    deactivate(wang, by=admin)
    catch_up()
    assert seats(talk) == {"sun": False}


def test_what_has_begun_stays_as_it_was(
    community: Community, lin: Person, wang: Person, admin: Person, catch_up: Any
) -> None:
    talk = make_fixed(community, lin)
    sign_up(talk, by=wang)
    now_running(talk)
    deactivate(wang, by=admin)
    catch_up()
    assert seats(talk) == {"wang": False}


def test_leaving_a_private_community_frees_the_seat_and_an_open_one_keeps_it(
    community: Community, closed_community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    hidden, shown = make_fixed(closed_community, lin), make_fixed(community, lin)
    for talk in (hidden, shown):
        sign_up(talk, by=wang)
    leave(closed_community, by=wang)
    leave(community, by=wang)
    catch_up()
    assert (seats(hidden), seats(shown)) == ({}, {"wang": False})


def test_a_leavers_turn_and_invitation_are_free_and_the_host_learns(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    evening = make_talk(community, lin, format="lightning")
    for speaker in (wang, xu):
        add_talk(evening, title="一招", speaker=speaker, minutes=5, by=lin)
    asked = invite_sharer(make_talk(community, lin), wang, by=lin)
    deactivate(wang, by=admin)
    catch_up()
    talks = {talk.speaker.handle: (talk.state, talk.place) for talk in LightningTalk.objects.all()}
    assert (talks["wang"][0], talks["xu"]) == ("declined", ("waiting", 1))
    asked.refresh_from_db()
    assert asked.state == Invitation.State.DECLINED
    inbox_rows = Notification.objects.filter(person=lin).values_list("notice", flat=True)
    assert {"gatherings.speaker_answered", "gatherings.invitation_answered"} <= set(inbox_rows)


def test_a_leavers_duties_end_and_those_of_who_left_the_community_only(
    community: Community,
    closed_community: Community,
    lin: Person,
    wang: Person,
    xu: Person,
    admin: Person,
    catch_up: Any,
) -> None:
    hours = {"weekday": 0, "starts": dt.time(9), "ends": dt.time(12)}
    for place, person in ((community, wang), (closed_community, wang), (community, xu)):
        Duty.objects.create(community=place, person=person, **hours)
    leave(closed_community, by=wang)
    catch_up()
    assert {(duty.community, duty.person) for duty in Duty.objects.all()} == {(community, wang), (community, xu)}
    deactivate(xu, by=admin)
    catch_up()
    assert [duty.person for duty in Duty.objects.all()] == [wang]
    assert Activity.objects.filter(verb="discussions.duty_taken_off").count() == 2


def told_of_missing(person: Person) -> list[tuple[int, dict[str, Any]]]:
    rows = Notification.objects.filter(person=person, notice="gatherings.leader_left")
    return [(row.thing_id, row.details) for row in rows]


def test_who_runs_the_community_learns_that_sharer_or_host_has_left(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any, browse: Any
) -> None:
    shared = make_fixed(community, xu, sharer=xu)
    Gathering.objects.filter(pk=shared.pk).update(sharer=wang)
    hosted = make_fixed(community, wang)
    deactivate(wang, by=admin)
    catch_up()
    for talk in (shared, hosted):
        talk.refresh_from_db()
    assert (shared.sharer, shared.host, hosted.sharer, hosted.host) == (None, xu, None, None)
    assert {key: (entry["sharer"], entry["host"]) for key, entry in told_of_missing(lin)} == {
        shared.pk: (True, False),
        hosted.pk: (False, True),
    }
    assert [key for key, _one in told_of_missing(xu)] == [shared.pk]
    page = browse(lin).get(hosted.get_absolute_url()).content.decode()
    assert "没有人主持" in page and f"/gatherings/{hosted.pk}/edit/" in page
    assert "没有人主持" not in browse(lin).get(shared.get_absolute_url()).content.decode()
    catch_up()
    assert Activity.objects.filter(verb="gatherings.leader_left").count() == 2


def test_what_has_begun_keeps_its_sharer_and_what_is_held_its_host(
    community: Community, lin: Person, wang: Person, admin: Person, catch_up: Any
) -> None:
    running, held = make_fixed(community, wang, sharer=wang), make_held(community, wang)
    now_running(running)
    deactivate(wang, by=admin)
    catch_up()
    running.refresh_from_db()
    held.refresh_from_db()
    assert (running.sharer, running.host, held.host) == (wang, None, wang)


def test_tea_with_a_leaver_is_told_to_the_other_one_only(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    tea = propose_tea_chat(community, other=wang, starts_at=soon(), by=xu)
    accept_to_share(tea.invitations.get(), by=wang)
    deactivate(wang, by=admin)
    catch_up()
    assert [key for key, _one in told_of_missing(xu)] == [tea.pk]
    assert told_of_missing(lin) == []


def test_what_a_leaver_was_to_write_down_falls_to_the_host(
    community: Community, lin: Person, wang: Person, xu: Person, admin: Person, catch_up: Any
) -> None:
    talk, done = make_held(community, xu), make_held(community, xu)
    for gathering in (talk, done):
        assign_deposit(gathering, owner=wang, by=xu)
    publish(start_deposit(Gathering.objects.get(pk=done.pk), by=wang), by=wang)
    deactivate(wang, by=admin)
    catch_up()
    assert [Deposit.objects.get(gathering=gathering).owner for gathering in (talk, done)] == [xu, wang]
    assert Notification.objects.filter(person=xu, notice="gatherings.deposit", thing_id=talk.pk).exists()


def test_without_a_host_who_runs_the_community_learns_that_nobody_writes_it_down(
    community: Community, lin: Person, wang: Person, admin: Person, catch_up: Any
) -> None:
    talk = make_held(community, wang)
    assign_deposit(talk, owner=wang, by=wang)
    deactivate(wang, by=admin)
    catch_up()
    assert Deposit.objects.get().owner is None
    ((key, details),) = told_of_missing(lin)
    assert key == talk.pk and details["deposit"]
