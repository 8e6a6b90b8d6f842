"""Sharers, nominees and speakers to the letter: who may, at which moment, and how often it is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import gone, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.models import Community
from zhiliu.directory.models import Department, Person
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
from zhiliu.gatherings.models import DepartmentAsk, Gathering, Invitation, LightningTalk, Nomination, Offer, Seat
from zhiliu.gatherings.nominating import (
    ask_department,
    decline_for_department,
    name_for_department,
    nominate,
    say_no,
    say_yes,
    take_nominee,
)
from zhiliu.gatherings.proposing import offer_to_share, propose, propose_tea_chat, withdraw_offer
from zhiliu.gatherings.scheduling import cancel
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.models import Topic

from .stage import make_fixed, make_held, make_talk, now_running, soon
from .test_proposing import topic_of

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def facts(*verbs: str) -> int:
    return Activity.objects.filter(verb__in=[f"gatherings.{verb}" for verb in verbs]).count()


def names(gathering: Gathering) -> dict[str, bool]:
    return dict(Seat.objects.filter(gathering=gathering).values_list("person__handle", "waiting"))


# --- sharers ----------------------------------------------------------------------------------------------------------


def test_an_open_invitation_is_not_renewed(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    invitation = counter(invite_sharer(talk, wang, by=lin, note="先"), [soon()], by=wang, word="改天")
    assert invite_sharer(talk, wang, by=lin, note="后").state == "countered"
    invitation.refresh_from_db()
    assert (invitation.note, len(invitation.times), facts("sharer_invited")) == ("先", 1, 1)


def test_nobody_is_invited_to_what_is_over_or_out_of_the_hosts_sight(
    community: Community, lin: Person, wang: Person
) -> None:
    stranger = make_person("stranger", kind=Person.Kind.GUEST)
    with pytest.raises(Refused, match="can’t be found"):
        invite_sharer(make_talk(community, lin), stranger, by=lin)
    for talk in (make_held(community, lin), cancel(make_talk(community, lin), reason="不办", by=lin)):
        with pytest.raises(Refused, match="is over"):
            invite_sharer(talk, wang, by=lin)
        with pytest.raises(Refused, match="is over"):
            share_oneself(talk, by=lin)
    assert not Invitation.objects.exists()
    with pytest.raises(Forbidden, match="host"):
        share_oneself(make_talk(community, lin), by=wang)


def test_answers_are_the_invited_persons_and_told_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    invitation = invite_sharer(make_talk(community, lin), wang, by=lin)
    with pytest.raises(Forbidden, match="invited person"):
        counter(invitation, [soon()], by=xu)
    for _ in range(2):
        decline_to_share(invitation, by=wang)
    counter(invitation, [soon()], by=wang)
    accept_to_share(invitation, by=wang)
    assert (Invitation.objects.get().state, facts("invitation_answered")) == ("declined", 1)
    assert Gathering.objects.get().sharer is None


def test_three_times_are_enough_and_none_lies_in_the_past(community: Community, lin: Person, wang: Person) -> None:
    invitation = invite_sharer(make_talk(community, lin), wang, by=lin)
    with pytest.raises(Refused, match="one to three future times"):
        counter(invitation, [soon(), timezone.now() - dt.timedelta(minutes=1)], by=wang)
    assert len(counter(invitation, [soon(1), soon(2), soon(3)], by=wang).times) == 3


def test_a_taken_time_keeps_the_length_and_gives_a_seat_at_tea(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    talk = make_fixed(community, lin, minutes=90)
    take_time(counter(invite_sharer(talk, wang, by=lin), [soon(6)], by=wang), 0, by=lin)
    talk.refresh_from_db()
    assert (talk.minutes, talk.starts_at, names(talk)) == (90, soon(6), {})
    tea = propose_tea_chat(community, other=sun, starts_at=soon(), by=lin)
    take_time(counter(tea.invitations.get(), [soon(7)], by=sun), 0, by=lin)
    assert names(tea) == {"lin": False, "sun": False}


@pytest.mark.parametrize("state", ["waiting", "declined", "accepted"])
def test_only_proposed_times_are_taken(community: Community, lin: Person, wang: Person, state: str) -> None:
    invitation = counter(invite_sharer(make_talk(community, lin), wang, by=lin), [soon()], by=wang)
    invitation.state = state
    with pytest.raises(Refused, match="no longer proposed"):
        take_time(invitation, 0, by=lin)
    assert Gathering.objects.get().starts_at is None


def test_a_found_sharer_changes_the_entry_once(community: Community, lin: Person, wang: Person) -> None:
    talk = make_fixed(community, lin)
    before = facts("changed")
    for _ in range(2):
        share_oneself(talk, by=lin)
        assert (Gathering.objects.get().sequence, facts("changed") - before) == (1, 1)


def test_a_topic_takes_offers_until_it_is_dropped(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, lin)
    for state in ("planned", "done", "open"):
        Topic.objects.update(state=state)
        topic.refresh_from_db()
        offer_to_share(topic, by=wang)
    withdraw_offer(topic, by=wang)
    Topic.objects.update(state="dropped")
    topic.refresh_from_db()
    with pytest.raises(Refused, match="was dropped"):
        offer_to_share(topic, by=wang)
    assert not Offer.objects.exists()


def test_an_offer_that_became_a_gathering_stays(community: Community, lin: Person, wang: Person) -> None:
    topic = topic_of(community, lin)
    offer_to_share(topic, by=wang)
    propose(community, title="题", by=lin, topic=topic, sharer=wang)
    withdraw_offer(topic, by=wang)
    assert Offer.objects.get().by == wang


def test_who_offered_for_one_topic_is_asked_for_another(community: Community, lin: Person, wang: Person) -> None:
    offered, other = topic_of(community, lin), topic_of(community, lin)
    offer_to_share(offered, by=wang)
    with pytest.raises(Refused, match="decide themselves"):
        propose(community, title="题", by=lin, topic=other, sharer=wang)
    assert not Gathering.objects.exists()


def test_a_tea_chat_bears_its_title_or_both_names(community: Community, lin: Person, wang: Person) -> None:
    plain = propose_tea_chat(community, other=wang, starts_at=soon(), by=lin)
    named = propose_tea_chat(community, other=wang, starts_at=soon(), by=lin, title="聊聊除霜")
    assert lin.name in plain.title and wang.name in plain.title and named.title == "聊聊除霜"


# --- nominations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["tea_chat", "lightning"])
def test_nobody_is_nominated_for_tea_or_lightning_talks(
    community: Community, lin: Person, wang: Person, xu: Person, format: str
) -> None:
    with pytest.raises(Refused, match="A speaker has been found"):
        nominate(make_talk(community, lin, format=format), xu, by=wang)
    assert not Nomination.objects.exists()


def test_a_yes_to_a_gathering_makes_no_offer(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    say_yes(nominate(make_talk(community, lin), xu, by=wang), by=xu)
    assert not Offer.objects.exists()


def test_nobody_is_taken_for_what_is_over_and_nobody_without_a_yes(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_talk(community, lin)
    named = say_yes(nominate(talk, xu, by=wang), by=xu)
    for_topic = say_yes(nominate(topic_of(community, lin), xu, by=wang), by=xu)
    with pytest.raises(Refused, match="haven’t said yes"):
        take_nominee(for_topic, by=lin)
    cancel(talk, reason="不办", by=lin)
    with pytest.raises(Refused, match="is over"):
        take_nominee(Nomination.objects.get(pk=named.pk), by=lin)
    assert Gathering.objects.get().sharer is None


def test_a_department_whose_head_left_or_is_out_of_reach_is_not_asked(
    community: Community, closed_community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    department = Department.objects.create(name="华东大区", head=sun)
    with pytest.raises(Refused, match="can’t see this"):
        ask_department(make_talk(closed_community, lin), department, by=wang)
    department.head = xu
    gone(xu)
    department.save()
    with pytest.raises(Refused, match="has no head here"):
        ask_department(make_talk(community, lin), Department.objects.get(pk=department.pk), by=wang)
    with pytest.raises(Forbidden):
        ask_department(make_talk(community, lin), department, by=sun)
    assert not DepartmentAsk.objects.exists()


def test_an_open_request_keeps_its_words_and_is_told_once(
    community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    department = Department.objects.create(name="华东大区", head=sun)
    talk = make_talk(community, lin)
    ask = ask_department(talk, department, by=wang, note="先")
    ask_department(talk, department, by=lin, note="后")
    ask.refresh_from_db()
    assert (ask.by, ask.note, facts("department_asked")) == (wang, "先", 1)
    for _ in range(2):
        decline_for_department(ask, by=sun, word="忙")
    with pytest.raises(Forbidden, match="department head"):
        decline_for_department(ask, by=wang)
    ask_department(talk, department, by=lin, note="再")
    ask.refresh_from_db()
    assert (ask.by, ask.note, ask.word, ask.answered_by) == (lin, "再", "", None)
    assert (facts("department_asked"), facts("department_answered")) == (2, 1)


def test_a_head_names_nobody_once_a_speaker_is_found_or_out_of_reach(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    department = Department.objects.create(name="华东大区", head=sun)
    talk = make_talk(community, lin)
    ask = ask_department(talk, department, by=wang)
    stranger = make_person("stranger", kind=Person.Kind.GUEST)
    with pytest.raises(Refused, match="can’t see this"):
        name_for_department(ask, stranger, by=sun)
    with pytest.raises(Forbidden, match="department head"):
        name_for_department(ask, xu, by=wang)
    share_oneself(talk, by=lin)
    with pytest.raises(Refused, match="A speaker has been found"):
        name_for_department(DepartmentAsk.objects.get(), xu, by=sun)
    assert (DepartmentAsk.objects.get().state, Nomination.objects.count()) == ("waiting", 0)


def test_a_head_who_declined_for_themselves_may_come_after_all(
    community: Community, lin: Person, wang: Person, xu: Person, sun: Person
) -> None:
    topic = topic_of(community, lin)
    department = Department.objects.create(name="华东大区", head=sun)
    say_no(nominate(topic, sun, by=wang), by=sun)
    say_no(nominate(topic, xu, by=wang), by=xu)
    name_for_department(ask_department(topic, department, by=wang), sun, by=sun)
    assert dict(Nomination.objects.values_list("person__handle", "state")) == {"sun": "yes", "xu": "no"}
    assert Offer.objects.get().by == sun


# --- lightning talks --------------------------------------------------------------------------------------------------


@pytest.fixture
def hour(community: Community, lin: Person) -> Gathering:
    """An hour of lightning talks that Lin hosts, three days ahead."""
    return make_fixed(community, lin, format="lightning", minutes=60)


def talk_of(hour: Gathering, person: Person, by: Person, minutes: int = 6) -> LightningTalk:
    return add_talk(hour, title=f"{person.name}的一招", speaker=person, minutes=minutes, by=by)


def test_a_talk_has_a_title_a_speaker_in_sight_and_five_to_ten_minutes(
    hour: Gathering, lin: Person, wang: Person
) -> None:
    stranger = make_person("stranger", kind=Person.Kind.GUEST)
    with pytest.raises(Refused, match="can’t be found"):
        talk_of(hour, stranger, lin)
    with pytest.raises(Refused, match="what the talk is about"):
        add_talk(hour, title="  ", speaker=wang, minutes=5, by=lin)
    talk = talk_of(hour, wang, lin, minutes=5)
    for title, minutes, match in (
        ("题", 11, "5 to 10 minutes"),
        ("", 6, "what the talk is about"),
        ("题", 4, "5 to 10"),
    ):
        with pytest.raises(Refused, match=match):
            change_talk(talk, title=title, minutes=minutes, by=lin)
    assert change_talk(talk, title=" 题 ", minutes=10, by=lin).title == "题"


def test_one_answer_one_change_and_one_start_are_told_once(
    hour: Gathering, lin: Person, wang: Person, xu: Person
) -> None:
    first, second = talk_of(hour, wang, lin), talk_of(hour, xu, lin)
    for _ in range(2):
        answer_for_talk(first, yes=True, by=wang)
        change_talk(first, title="一招", minutes=7, by=wang)
        move_talk(first, 1, by=lin)
    change_talk(first, title="一招", minutes=8, by=wang)
    now_running(hour)
    for _ in range(2):
        start_talk(LightningTalk.objects.get(pk=first.pk), by=lin)
        start_talk(LightningTalk.objects.get(pk=second.pk), by=lin)
        end_talk(second, by=lin)
        end_talk(first, by=lin)
    assert [facts("speaker_answered"), facts("running_order_changed")] == [1, 2]
    assert [facts("talk_started"), facts("talk_ended")] == [2, 1]
    assert [talk.state for talk in hour.talks.all()] == ["accepted", "waiting"]
    assert [talk.title for talk in hour.talks.all()] == ["一招", f"{xu.name}的一招"]


def test_starting_a_talk_ends_the_one_on_stage(hour: Gathering, lin: Person, wang: Person, xu: Person) -> None:
    first, second, third = (talk_of(hour, person, lin) for person in (wang, xu, lin))
    now_running(hour)
    start_talk(first, by=lin)
    start_talk(second, by=lin)
    state = [(talk.started_at is not None, talk.ended_at is not None) for talk in hour.talks.all()]
    assert state == [(True, True), (True, False), (False, False)]
    with pytest.raises(Refused, match="has been given"):
        remove_talk(first, by=lin)
    for act in (start_talk, end_talk):
        with pytest.raises(Forbidden, match="host"):
            act(third, by=wang)
    assert hour.talks.count() == 3


def test_a_talk_starts_while_people_meet_and_only_of_who_comes(hour: Gathering, lin: Person, wang: Person) -> None:
    talk = talk_of(hour, wang, lin)
    with pytest.raises(Refused, match="during the gathering"):
        start_talk(talk, by=lin)
    answer_for_talk(talk, yes=False, by=wang)
    now_running(hour)
    with pytest.raises(Refused, match="isn’t coming"):
        start_talk(talk, by=lin)
    assert LightningTalk.objects.get().started_at is None


def test_nothing_is_composed_once_it_is_over(hour: Gathering, lin: Person, wang: Person, xu: Person) -> None:
    talk = talk_of(hour, wang, lin)
    Gathering.objects.update(state="held")
    for act in (
        lambda: talk_of(hour, xu, lin),
        lambda: answer_for_talk(talk, yes=True, by=wang),
        lambda: change_talk(talk, title="题", minutes=6, by=lin),
        lambda: move_talk(talk, 1, by=lin),
        lambda: remove_talk(talk, by=lin),
        lambda: start_talk(talk, by=lin),
    ):
        with pytest.raises(Refused, match="is over"):
            act()
    assert (LightningTalk.objects.get().state, LightningTalk.objects.get().title) == ("waiting", f"{wang.name}的一招")


def test_declined_talks_leave_room_and_a_host_who_speaks_takes_no_seat(hour: Gathering, lin: Person) -> None:
    people = [make_person(f"s{number}") for number in range(9)]
    talks = [talk_of(hour, person, lin) for person in people[:8]]
    answer_for_talk(talks[0], yes=False, by=people[0])
    own = talk_of(hour, lin, lin)
    answer_for_talk(own, yes=False, by=lin)
    answer_for_talk(own, yes=True, by=lin)
    assert names(hour) == {} and hour.talks.standing().count() == 8
