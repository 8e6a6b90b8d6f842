"""Sharers are asked and answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.inviting import (
    accept_to_share,
    counter,
    decline_to_share,
    invite_sharer,
    share_oneself,
    take_time,
)
from zhiliu.gatherings.models import Gathering, Invitation, Seat
from zhiliu.gatherings.proposing import propose_tea_chat
from zhiliu.gatherings.rules import can_see
from zhiliu.gatherings.scheduling import cancel
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

from .stage import make_talk, soon


def test_asking_twice_is_one_invitation_and_one_notice(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    talk = make_talk(community, lin)
    assert invite_sharer(talk, wang, by=lin).pk == invite_sharer(talk, wang, by=lin).pk
    catch_up()
    row = Notification.objects.get(person=wang, notice="gatherings.invited")
    assert (row.calls, row.count) == (True, 1)


def test_who_says_yes_shares(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    invitation = invite_sharer(talk, wang, by=lin)
    accept_to_share(invitation, by=wang)
    accept_to_share(invitation, by=wang)
    talk.refresh_from_db()
    assert (talk.sharer, invitation.state) == (wang, Invitation.State.ACCEPTED)
    assert Activity.objects.filter(verb="gatherings.invitation_answered").count() == 1


def test_of_two_who_say_yes_the_second_is_thanked(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_talk(community, lin)
    first, second = invite_sharer(talk, wang, by=lin), invite_sharer(talk, xu, by=lin)
    accept_to_share(first, by=wang)
    with pytest.raises(Refused, match="Someone else has agreed to speak"):
        accept_to_share(second, by=xu)
    second.refresh_from_db()
    talk.refresh_from_db()
    assert (talk.sharer, second.state) == (wang, Invitation.State.WAITING)


def test_a_no_with_a_word_can_be_asked_again(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    invitation = decline_to_share(invite_sharer(talk, wang, by=lin), by=wang, word="这周出差")
    assert (invitation.state, invitation.word) == (Invitation.State.DECLINED, "这周出差")
    assert invite_sharer(talk, wang, by=lin).state == Invitation.State.WAITING


def test_only_the_invited_person_answers(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    invitation = invite_sharer(make_talk(community, lin), wang, by=lin)
    for answer in (accept_to_share, decline_to_share):
        with pytest.raises(Forbidden):
            answer(invitation, by=xu)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.WAITING


def test_the_host_takes_one_of_the_proposed_times(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    invitation = counter(
        invite_sharer(talk, wang, by=lin), [soon(5), soon(4, 10), soon(4, 10)], by=wang, word="周四前不行"
    )
    assert invitation.moments == [soon(4, 10), soon(5)]
    take_time(invitation, 1, by=lin)
    talk.refresh_from_db()
    assert (talk.starts_at, talk.minutes, talk.sharer) == (soon(5), 40, wang)
    assert talk.state == Gathering.State.FIXED
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.ACCEPTED


@pytest.mark.parametrize("count", [0, 4])
def test_one_to_three_times_are_proposed(community: Community, lin: Person, wang: Person, count: int) -> None:
    invitation = invite_sharer(make_talk(community, lin), wang, by=lin)
    with pytest.raises(Refused):
        counter(invitation, [soon(day + 1) for day in range(count)], by=wang)
    with pytest.raises(Refused):
        counter(invitation, [timezone.now() - dt.timedelta(minutes=1)], by=wang)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.WAITING


@pytest.mark.parametrize("place", [-1, 1, 99])
def test_a_time_nobody_proposed_is_refused(community: Community, lin: Person, wang: Person, place: int) -> None:
    invitation = counter(invite_sharer(make_talk(community, lin), wang, by=lin), [soon()], by=wang)
    with pytest.raises(Refused):
        take_time(invitation, place, by=lin)
    invitation.gathering.refresh_from_db()
    assert invitation.gathering.starts_at is None


def test_only_the_host_asks_and_takes_times(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_talk(community, lin)
    with pytest.raises(Forbidden):
        invite_sharer(talk, wang, by=xu)
    invitation = counter(invite_sharer(talk, wang, by=lin), [soon()], by=wang)
    with pytest.raises(Forbidden):
        take_time(invitation, 0, by=xu)


def test_the_host_cannot_ask_themselves_but_can_share(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    with pytest.raises(Refused):
        invite_sharer(talk, lin, by=lin)
    share_oneself(talk, by=lin)
    assert share_oneself(talk, by=lin).sharer == lin
    with pytest.raises(Refused, match="already"):
        invite_sharer(talk, wang, by=lin)


def test_nobody_answers_a_gathering_that_was_called_off(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    invitation = invite_sharer(talk, wang, by=lin)
    cancel(talk, reason="没人有空", by=lin)
    invitation.gathering.refresh_from_db()
    with pytest.raises(Refused, match="over"):
        accept_to_share(invitation, by=wang)


def test_who_comes_to_tea_has_a_seat(community: Community, wang: Person, sun: Person) -> None:
    tea = propose_tea_chat(community, other=sun, starts_at=soon(), by=wang)
    accept_to_share(Invitation.objects.get(), by=sun)
    tea.refresh_from_db()
    assert (tea.sharer, tea.taken) == (sun, 2)
    assert not Seat.objects.filter(waiting=True).exists()


def test_who_is_asked_from_outside_sees_the_gathering_until_they_decline(
    closed_community: Community, lin: Person, sun: Person
) -> None:
    talk = make_talk(closed_community, lin)
    assert not can_see(sun, talk)
    invitation = invite_sharer(talk, sun, by=lin)
    assert can_see(sun, talk)
    assert list(Gathering.objects.visible_to(fresh(sun))) == [talk]
    decline_to_share(invitation, by=sun)
    assert not can_see(sun, talk)
    assert not Gathering.objects.visible_to(fresh(sun)).exists()
