"""Questions and check-in: each verb asks who may, touches its own row, and is told once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.comments.models import Vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.gatherings.asking import (
    ask_in_room,
    mark_answered,
    put_back_room_question,
    remove_question,
    start_answering,
    vote_for_question,
)
from zhiliu.gatherings.checking_in import check_in, check_in_person
from zhiliu.gatherings.models import CheckIn, Gathering, Question
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.notifications.models import Notification

from .stage import make_fixed, make_held, make_talk, now_running, shift

pytestmark = pytest.mark.django_db


def count_facts(name: str) -> int:
    """How many facts of that name the log has of this app."""
    return Activity.objects.filter(verb=f"gatherings.{name}").count()


def states(gathering: Gathering) -> dict[str, str]:
    """State of each question by its words."""
    return dict(gathering.questions.values_list("text", "state"))


# --- questions --------------------------------------------------------------------------------------------------------


def test_a_question_asked_again_is_told_once(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    for _again in range(2):
        ask_in_room(talk, "为什么停机", by=wang)
    assert (Question.objects.count(), count_facts("question_asked")) == (1, 1)


def test_the_same_words_in_another_gathering_are_another_question(
    community: Community, lin: Person, wang: Person
) -> None:
    questions = {ask_in_room(make_talk(community, lin, title=title), "为什么", by=wang).pk for title in ("甲", "乙")}
    assert len(questions) == 2 and count_facts("question_asked") == 2


def test_a_refused_question_is_not_told(
    community: Community, closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    with pytest.raises(Refused, match="Write your question"):
        ask_in_room(make_talk(community, lin), "  ", by=wang)
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        ask_in_room(make_talk(closed_community, lin), "为什么", by=sun)
    assert (Question.objects.count(), count_facts("question_asked")) == (0, 0)


def test_a_stranger_does_not_vote_for_a_question(
    closed_community: Community, lin: Person, wang: Person, sun: Person
) -> None:
    question = ask_in_room(make_talk(closed_community, lin), "为什么", by=wang)
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        vote_for_question(question, on=True, by=sun)
    assert (Question.objects.get().vote_count, Vote.objects.count()) == (0, 0)


def test_a_vote_counts_for_its_question_only(community: Community, lin: Person, wang: Person, xu: Person) -> None:
    talk = make_talk(community, lin)
    wanted, other = (ask_in_room(talk, text, by=wang) for text in ("甲", "乙"))
    vote_for_question(other, on=True, by=lin)
    vote_for_question(wanted, on=True, by=lin)
    vote_for_question(wanted, on=True, by=xu)
    vote_for_question(wanted, on=False, by=wang)
    assert dict(talk.questions.values_list("text", "vote_count")) == {"甲": 2, "乙": 1}


def test_who_neither_hosts_nor_shares_changes_no_question_and_is_not_told(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_fixed(community, lin, sharer=wang)
    question = ask_in_room(talk, "甲", by=xu)
    for act in (start_answering, mark_answered, put_back_room_question):
        with pytest.raises(Forbidden, match="Only the host and the speaker"):
            act(question, by=xu)
    assert (states(talk), count_facts("question_changed")) == ({"甲": "waiting"}, 0)


def test_a_question_put_on_the_wall_again_is_told_once(community: Community, lin: Person, wang: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    first, second, third = (ask_in_room(talk, text, by=wang) for text in ("甲", "乙", "丙"))
    for _again in range(2):
        start_answering(first, by=lin)
    assert count_facts("question_changed") == 1
    start_answering(second, by=lin)
    assert (states(talk), count_facts("question_changed")) == (
        {"甲": "answered", "乙": "answering", "丙": "waiting"},
        2,
    )
    for _again in range(2):
        put_back_room_question(second, by=lin)
    assert (states(talk), count_facts("question_changed")) == ({"甲": "answered", "乙": "waiting", "丙": "waiting"}, 3)
    assert third.state == "waiting"


def test_a_question_on_the_wall_leaves_the_wall_of_another_gathering(
    community: Community, lin: Person, wang: Person
) -> None:
    here, there = (now_running(make_fixed(community, lin, title=title)) for title in ("这里", "那里"))
    for talk in (here, there):
        start_answering(ask_in_room(talk, "甲", by=wang), by=lin)
    assert (states(here), states(there)) == ({"甲": "answering"}, {"甲": "answering"})


def test_the_same_answer_again_is_told_once_and_another_answer_is_told(
    community: Community, lin: Person, wang: Person, catch_up: Any
) -> None:
    question = ask_in_room(now_running(make_fixed(community, lin)), "甲", by=wang)
    for _again in range(2):
        mark_answered(question, answer="先问交期 ", by=lin)
        catch_up()
        Notification.objects.filter(person=wang).delete()
    mark_answered(question, by=lin)
    assert count_facts("question_changed") == 1
    catch_up()
    assert not Notification.objects.filter(person=wang, notice="gatherings.question_answered").exists()
    mark_answered(question, answer="再问价", by=lin)
    question.refresh_from_db()
    assert (question.answer, count_facts("question_changed")) == ("再问价", 2)


def test_a_question_put_back_keeps_its_answer(community: Community, lin: Person, wang: Person) -> None:
    question = ask_in_room(make_talk(community, lin), "甲", by=wang)
    mark_answered(question, answer="先问交期", by=lin)
    put_back_room_question(question, by=lin)
    question.refresh_from_db()
    assert (question.state, question.answer) == ("waiting", "先问交期")


def test_a_removed_question_takes_its_own_votes_and_is_told_once(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk = make_talk(community, lin)
    removed, kept = (ask_in_room(talk, text, by=wang) for text in ("甲", "乙"))
    for question in (removed, kept):
        vote_for_question(question, on=True, by=xu)
    with pytest.raises(Forbidden, match="Only the host, or the person who asked"):
        remove_question(removed, by=xu)
    assert (Vote.objects.count(), count_facts("question_changed")) == (2, 0)
    key = removed.pk
    for _again in range(2):
        remove_question(Question(pk=key, gathering=talk, by=wang), by=wang)
    assert list(Question.objects.all()) == [kept]
    assert list(Vote.objects.filter(kind="question").values_list("thing_id", flat=True)) == [kept.pk]
    assert count_facts("question_changed") == 1


# --- check-in ---------------------------------------------------------------------------------------------------------


def test_a_stranger_does_not_check_in(closed_community: Community, lin: Person, sun: Person) -> None:
    talk = now_running(make_fixed(closed_community, lin))
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        check_in(talk, talk.code, by=sun)
    assert (CheckIn.objects.count(), count_facts("checked_in")) == (0, 0)


def test_nobody_checks_in_where_no_time_is_fixed(community: Community, lin: Person, wang: Person) -> None:
    talk = make_talk(community, lin)
    with pytest.raises(Refused, match="Check-in is open from 30 minutes"):
        check_in(talk, talk.code, by=wang)
    with pytest.raises(Refused, match="Check-in is open from 30 minutes"):
        check_in_person(talk, wang, by=lin)
    assert (CheckIn.objects.count(), count_facts("checked_in")) == (0, 0)


def test_the_code_of_another_gathering_does_not_check_in(community: Community, lin: Person, wang: Person) -> None:
    here, there = (now_running(make_fixed(community, lin, title=title)) for title in ("这里", "那里"))
    Gathering.objects.filter(pk=there.pk).update(code="111111")
    Gathering.objects.filter(pk=here.pk).update(code="222222")
    with pytest.raises(Refused, match="isn’t the code on the screen"):
        check_in(Gathering.objects.get(pk=here.pk), "111111", by=wang)
    assert (CheckIn.objects.count(), count_facts("checked_in")) == (0, 0)


def test_the_host_notes_somebody_once_and_nobody_out_of_reach(
    community: Community, lin: Person, wang: Person, xu: Person
) -> None:
    talk, other = (now_running(make_fixed(community, lin, title=title)) for title in ("这里", "那里"))
    for _again in range(2):
        check_in_person(talk, xu, by=lin)
    with pytest.raises(Forbidden, match="Only the host can do this"):
        check_in_person(talk, wang, by=wang)
    assert list(CheckIn.objects.values_list("gathering_id", "person_id", "by_id")) == [(talk.pk, xu.pk, lin.pk)]
    assert count_facts("checked_in") == 1
    check_in_person(other, xu, by=lin)
    assert (CheckIn.objects.count(), count_facts("checked_in")) == (2, 2)


def test_a_guest_who_hosts_notes_nobody_they_cannot_find(community: Community, lin: Person, zhao: Person) -> None:
    talk = now_running(make_fixed(community, lin))
    Gathering.objects.filter(pk=talk.pk).update(host=zhao)
    with pytest.raises(Refused, match="This person can’t be found"):
        check_in_person(Gathering.objects.get(pk=talk.pk), make_person("far"), by=zhao)
    assert (CheckIn.objects.count(), count_facts("checked_in")) == (0, 0)


def test_after_the_end_the_host_still_notes_who_came(community: Community, lin: Person, xu: Person) -> None:
    held = make_held(community, lin)
    long_ago = shift(held, timezone.now() - dt.timedelta(days=30))
    with pytest.raises(Refused, match="Check-in is open from 30 minutes"):
        check_in(long_ago, long_ago.code, by=xu)
    check_in_person(long_ago, xu, by=lin)
    assert (CheckIn.objects.get().person, count_facts("checked_in")) == (xu, 1)
