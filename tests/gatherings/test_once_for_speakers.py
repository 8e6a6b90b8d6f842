"""Those who speak are asked and answer: each verb asks who may, touches its own row, and is told once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import make_person
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
from zhiliu.gatherings.lightning import (
    add_talk,
    answer_for_talk,
    change_talk,
    end_talk,
    move_talk,
    remove_talk,
    start_talk,
)
from zhiliu.gatherings.models import Gathering, Invitation, LightningTalk, Nomination
from zhiliu.gatherings.nominating import nominate, say_no, say_yes, take_nominee
from zhiliu.kit.errors import Forbidden, Refused

from .stage import make_fixed, make_talk, now_running, over, soon

pytestmark = pytest.mark.django_db


def count_facts(name: str) -> int:
    """How many facts of that name the log has of this app."""
    return Activity.objects.filter(verb=f"gatherings.{name}").count()


@pytest.fixture
def hour(community: Community, lin: Person) -> Gathering:
    """An hour of lightning talks that Lin hosts, three days ahead."""
    return make_fixed(community, lin, format="lightning", title="六分钟一招", minutes=60)


def talk_of(hour: Gathering, speaker: Person, host: Person, minutes: int = 6) -> LightningTalk:
    return add_talk(hour, title=f"{speaker.handle}的一招", speaker=speaker, minutes=minutes, by=host)


# --- the one sharer ---------------------------------------------------------------------------------------------------


def test_the_host_who_shares_already_is_told_once(community: Community, lin: Person) -> None:
    talk = make_fixed(community, lin)
    for _again in range(2):
        share_oneself(talk, by=lin)
    talk.refresh_from_db()
    assert (talk.sharer, talk.sequence, count_facts("changed")) == (lin, 1, 1)


def test_who_does_not_host_neither_shares_nor_asks_somebody(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        share_oneself(talk, by=wang)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        invite_sharer(talk, lin, by=wang)
    talk.refresh_from_db()
    assert (talk.sharer, Invitation.objects.count()) == (None, 0)
    assert (count_facts("changed"), count_facts("sharer_invited")) == (0, 0)


def test_sharing_in_one_gathering_leaves_the_other_without_sharer(community: Community, lin: Person) -> None:
    here, there = (make_talk(community, lin, title=title) for title in ("这里", "那里"))
    share_oneself(here, by=lin)
    assert dict(Gathering.objects.values_list("pk", "sharer")) == {here.pk: lin.pk, there.pk: None}


def test_an_answer_is_that_of_one_invitation_and_told_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_talk(community, lin)
    mine, other = (invite_sharer(talk, person, by=lin) for person in (wang, xu))
    for _again in range(2):
        decline_to_share(mine, word="出差", by=wang)
    assert dict(Invitation.objects.values_list("pk", "state")) == {mine.pk: "declined", other.pk: "waiting"}
    with pytest.raises(Forbidden, match="Only the invited person can answer"):
        accept_to_share(other, by=wang)
    for _again in range(2):
        accept_to_share(other, by=xu)
    assert dict(Invitation.objects.values_list("pk", "state")) == {mine.pk: "declined", other.pk: "accepted"}
    assert (count_facts("sharer_invited"), count_facts("invitation_answered")) == (2, 2)


def test_other_times_replace_those_proposed_before_until_the_answer_stands(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    invitation = invite_sharer(make_talk(community, lin), wang, by=lin)
    with pytest.raises(Forbidden, match="Only the invited person can answer"):
        counter(invitation, [soon()], by=xu)
    with pytest.raises(Refused, match="one to three future times"):
        counter(invitation, [timezone.now() - dt.timedelta(minutes=1), soon()], by=wang)
    assert (Invitation.objects.get().times, count_facts("invitation_answered")) == ([], 0)
    assert len(counter(invitation, [soon(), soon(), soon(4), soon(5)], by=wang).times) == 3
    assert len(counter(invitation, [soon(6)], by=wang).times) == 1
    decline_to_share(invitation, by=wang)
    assert counter(invitation, [soon(7)], by=wang).state == Invitation.State.DECLINED
    assert count_facts("invitation_answered") == 3


def test_a_time_is_taken_by_the_host_from_that_invitation_only(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_talk(community, lin)
    mine, other = (invite_sharer(talk, person, by=lin) for person in (wang, xu))
    for invitation in (mine, other):
        counter(invitation, [soon()], by=invitation.person)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        take_time(mine, 0, by=wang)
    assert (Gathering.objects.get().sharer, count_facts("time_fixed")) == (None, 0)
    take_time(mine, 0, by=lin)
    assert dict(Invitation.objects.values_list("pk", "state")) == {mine.pk: "accepted", other.pk: "countered"}
    assert (Gathering.objects.get().sharer, count_facts("time_fixed")) == (wang, 1)


# --- nominations ------------------------------------------------------------------------------------------------------


def test_an_answer_is_that_of_one_nomination_and_told_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_talk(community, lin)
    mine, other = (nominate(talk, person, by=lin) for person in (wang, xu))
    with pytest.raises(Forbidden, match="Only the nominated person can answer"):
        say_no(mine, by=xu)
    for _again in range(2):
        say_no(mine, by=wang)
    say_yes(mine, by=wang)
    assert dict(Nomination.objects.values_list("pk", "state")) == {mine.pk: "no", other.pk: "waiting"}
    assert (count_facts("nominated"), count_facts("nomination_answered")) == (2, 1)


def test_a_nominee_is_taken_by_the_host_and_told_once(community: Community, lin: Person, wang: Person) -> None:
    nomination = nominate(make_fixed(community, lin), wang, by=lin)
    with pytest.raises(Refused, match="haven’t said yes"):
        take_nominee(nomination, by=lin)
    nomination = say_yes(nomination, by=wang)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        take_nominee(nomination, by=wang)
    assert (Gathering.objects.get().sharer, count_facts("changed")) == (None, 0)
    for _again in range(2):
        take_nominee(nomination, by=lin)
    assert (Gathering.objects.get().sharer, count_facts("changed")) == (wang, 1)


# --- lightning talks --------------------------------------------------------------------------------------------------


def test_a_lightning_talk_has_a_title_and_five_to_ten_minutes(hour: Gathering, lin: Person, wang: Person) -> None:
    for minutes in (4, 11):
        with pytest.raises(Refused, match="takes 5 to 10 minutes"):
            talk_of(hour, wang, lin, minutes)
    with pytest.raises(Refused, match="Briefly say what the talk is about"):
        add_talk(hour, title="  ", speaker=wang, minutes=5, by=lin)
    assert (hour.talks.count(), count_facts("speaker_asked")) == (0, 0)
    shortest, longest = talk_of(hour, wang, lin, 5), talk_of(hour, lin, lin, 10)
    assert (shortest.minutes, longest.minutes, count_facts("speaker_asked")) == (5, 10, 2)


def test_the_eighth_talk_fits_and_the_ninth_is_refused(hour: Gathering, lin: Person, wang: Person) -> None:
    for number in range(8):
        talk_of(hour, make_person(f"s{number}"), lin)
    with pytest.raises(Refused, match="running order is full"):
        talk_of(hour, wang, lin)
    assert (hour.talks.count(), count_facts("speaker_asked")) == (8, 8)


def test_who_does_not_host_leaves_the_running_order(hour: Gathering, lin: Person, wang: Person, xu: Person) -> None:
    first, _second = talk_of(hour, wang, lin), talk_of(hour, xu, lin)
    now_running(hour)
    first = LightningTalk.objects.select_related("gathering__community").get(pk=first.pk)
    before = list(LightningTalk.objects.order_by("pk").values())
    for act in (
        lambda: move_talk(first, 2, by=wang),
        lambda: remove_talk(first, by=wang),
        lambda: start_talk(first, by=wang),
        lambda: end_talk(first, by=wang),
    ):
        with pytest.raises(Forbidden, match="Only the host can do this"):
            act()
    assert list(LightningTalk.objects.order_by("pk").values()) == before
    assert (count_facts("running_order_changed"), count_facts("talk_started"), count_facts("talk_ended")) == (0, 0, 0)


def test_who_does_not_host_does_not_end_the_talk_that_runs(hour: Gathering, lin: Person, wang: Person) -> None:
    talk = talk_of(hour, wang, lin)
    now_running(hour)
    start_talk(talk, by=lin)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        end_talk(talk, by=wang)
    assert (LightningTalk.objects.get().ended_at, count_facts("talk_ended")) == (None, 0)


def test_an_answer_is_for_one_talk_only(hour: Gathering, lin: Person, wang: Person, xu: Person) -> None:
    mine, other = talk_of(hour, wang, lin), talk_of(hour, xu, lin)
    with pytest.raises(Forbidden, match="Only the speaker can answer for this talk"):
        answer_for_talk(other, yes=False, by=wang)
    for _again in range(2):
        answer_for_talk(mine, yes=True, by=wang)
    assert dict(hour.talks.values_list("pk", "state")) == {mine.pk: "accepted", other.pk: "waiting"}
    assert (count_facts("speaker_answered"), count_facts("seat_taken")) == (1, 1)


def test_a_removed_talk_leaves_the_others_and_is_told_once(
    hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    first, second = talk_of(hour, wang, lin), talk_of(hour, xu, lin)
    removed = LightningTalk.objects.select_related("gathering__community").get(pk=first.pk)
    for _again in range(2):
        remove_talk(removed, by=lin)
    assert list(hour.talks.values_list("pk", "place")) == [(second.pk, 1)]
    assert count_facts("running_order_changed") == 1


def test_another_title_or_other_minutes_are_each_a_change(hour: Gathering, lin: Person, wang: Person) -> None:
    talk = talk_of(hour, wang, lin)
    change_talk(talk, title="wang的一招", minutes=7, by=wang)
    change_talk(talk, title="新招", minutes=7, by=lin)
    with pytest.raises(Refused, match="takes 5 to 10 minutes"):
        change_talk(talk, title="新招", minutes=11, by=wang)
    talk.refresh_from_db()
    assert (talk.title, talk.minutes, count_facts("running_order_changed")) == ("新招", 7, 2)


def test_a_talk_that_starts_ends_no_talk_of_another_gathering(
    hour: Gathering, community: Community, lin: Person, wang: Person
) -> None:
    other = make_fixed(community, lin, format="lightning", title="另一场", minutes=60)
    talks = [talk_of(gathering, wang, lin) for gathering in (hour, other)]
    for gathering in (hour, other):
        now_running(gathering)
    for talk in talks:
        start_talk(talk, by=lin)
    assert LightningTalk.objects.filter(started_at__isnull=False, ended_at=None).count() == 2


def test_a_talk_whose_speaker_is_not_coming_does_not_start(hour: Gathering, lin: Person, wang: Person) -> None:
    talk = answer_for_talk(talk_of(hour, wang, lin), yes=False, by=wang)
    now_running(hour)
    with pytest.raises(Refused, match="speaker isn’t coming"):
        start_talk(talk, by=lin)
    assert (LightningTalk.objects.get().started_at, count_facts("talk_started")) == (None, 0)


def test_after_the_end_no_talk_is_started(hour: Gathering, lin: Person, wang: Person) -> None:
    talk = talk_of(hour, wang, lin)
    over(hour)
    with pytest.raises(Refused, match="started during the gathering"):
        start_talk(talk, by=lin)
    assert (LightningTalk.objects.get().started_at, count_facts("talk_started")) == (None, 0)
