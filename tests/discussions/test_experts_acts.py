"""Asking a colleague, declining and settling: each asks its rule, touches one request, and is announced once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import gone, make_person
from zhiliu.activity.models import Activity
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask
from zhiliu.discussions.asking_experts import ask_around, ask_expert, decline_expert_request, set_limit
from zhiliu.discussions.models import AskingLimit, ExpertRequest, Question
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
FRIDAY = dt.datetime(2026, 6, 26, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def qian(community: Community, lin: Person) -> Person:
    """A member who may know."""
    person = make_person("qian", name="钱牧之")
    add_members(community, {person: Role.MEMBER}, by=lin)
    return person


def asked(community: Community, title: str, by: Person) -> Question:
    question = ask(community, title=title, by=by)
    assert isinstance(question, Question)
    return question


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return asked(community, "停机后多久能再启动", xu)


@pytest.fixture
def other(community: Community, xu: Person) -> Question:
    return asked(community, "门关不上", xu)


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    rows = Activity.objects.filter(verb=f"discussions.{verb}").order_by("pk")
    return [row.by_id for row in rows]


def states() -> list[tuple[str, str, str]]:
    """Who was asked, about what, and how it stands."""
    rows = ExpertRequest.objects.order_by("pk")
    return list(rows.values_list("person__handle", "question__title", "state"))


def test_a_member_who_has_no_part_in_a_question_asks_nobody_about_it(
    question: Question, wang: Person, qian: Person
) -> None:
    with pytest.raises(Forbidden, match="Only the person who asked, the person handling it"):
        ask_expert(question, qian, by=wang)
    assert (states(), log("expert_asked")) == ([], [])


def test_asking_a_colleague_twice_is_announced_once(question: Question, xu: Person, qian: Person) -> None:
    assert ask_expert(question, qian, by=xu) == ask_expert(question, qian, by=xu)
    assert log("expert_asked") == [xu.pk]


def test_who_was_asked_once_too_often_is_still_the_one_who_was_asked(
    question: Question, xu: Person, qian: Person
) -> None:
    request = ask_expert(question, qian, by=xu)
    set_limit(0, by=qian)
    assert ask_expert(question, qian, by=xu) == request


def test_a_second_colleague_is_not_asked_while_the_first_one_is(
    question: Question, xu: Person, qian: Person, wang: Person
) -> None:
    ask_expert(question, qian, by=xu)
    with pytest.raises(Refused, match="Someone is already being asked"):
        ask_expert(question, wang, by=xu)
    assert (states(), log("expert_asked")) == ([("qian", question.title, "waiting")], [xu.pk])


def test_about_another_question_somebody_else_is_asked_at_the_same_time(
    question: Question, other: Question, xu: Person, qian: Person, wang: Person
) -> None:
    ask_expert(question, qian, by=xu)
    ask_expert(other, wang, by=xu)
    assert states() == [("qian", question.title, "waiting"), ("wang", other.title, "waiting")]


def test_neither_oneself_nor_a_guest_nor_who_left_is_asked(
    question: Question, xu: Person, zhao: Person, qian: Person
) -> None:
    for person in (xu, zhao, gone(qian)):
        with pytest.raises(Refused, match="Choose another colleague"):
            ask_expert(question, person, by=xu)
    assert (states(), log("expert_asked")) == ([], [])


def test_a_colleague_who_does_not_see_the_question_is_not_asked(
    closed_community: Community, lin: Person, sun: Person
) -> None:
    secret = asked(closed_community, "底价多少", lin)
    with pytest.raises(Refused, match="can’t answer here"):
        ask_expert(secret, sun, by=lin)
    assert (states(), log("expert_asked")) == ([], [])


def test_a_limit_counts_the_last_seven_days(question: Question, other: Question, xu: Person, qian: Person) -> None:
    set_limit(1, by=qian)
    ask_expert(other, qian, by=xu, now=FRIDAY)
    week = dt.timedelta(days=7)
    with pytest.raises(Refused, match="钱牧之 has been asked often enough this week"):
        ask_expert(question, qian, by=xu, now=FRIDAY + week - dt.timedelta(seconds=1))
    assert (len(states()), log("expert_asked")) == (1, [xu.pk])
    ask_expert(question, qian, by=xu, now=FRIDAY + week)
    assert len(states()) == 2


def test_without_a_limit_two_a_week_are_enough(
    community: Community, question: Question, other: Question, xu: Person, qian: Person
) -> None:
    third = asked(community, "油位多少", xu)
    for thing in (question, other):
        ask_expert(thing, qian, by=xu)
    with pytest.raises(Refused, match="often enough this week"):
        ask_expert(third, qian, by=xu)
    assert len(states()) == 2


def test_a_limit_is_ones_own_and_there_is_one(qian: Person, wang: Person) -> None:
    for person, most in ((wang, 3), (qian, 1), (qian, 5)):
        set_limit(most, by=person)
    assert set(AskingLimit.objects.values_list("person", "most")) == {(wang.pk, 3), (qian.pk, 5)}


def test_somebody_else_does_not_decline(question: Question, xu: Person, qian: Person, lin: Person) -> None:
    request = ask_expert(question, qian, by=xu)
    for person in (xu, lin):
        with pytest.raises(Forbidden, match="Someone else was asked"):
            decline_expert_request(request, by=person)
    assert (states(), log("expert_declined")) == ([("qian", question.title, "waiting")], [])


def test_declining_settles_one_request_and_is_announced_once(
    question: Question, other: Question, xu: Person, qian: Person
) -> None:
    request = ask_expert(question, qian, by=xu)
    ask_expert(other, qian, by=xu)
    decline_expert_request(request, by=qian)
    request.refresh_from_db()
    settled_at = request.settled_at
    assert settled_at is not None
    decline_expert_request(request, by=qian)
    request.refresh_from_db()
    assert request.settled_at == settled_at
    assert states() == [("qian", question.title, "declined"), ("qian", other.title, "waiting")]
    assert log("expert_declined") == [qian.pk]


def test_who_has_answered_no_longer_declines(question: Question, xu: Person, qian: Person) -> None:
    request = ask_expert(question, qian, by=xu)
    answer(question, body="等三分钟", by=qian)
    decline_expert_request(request, by=qian)
    assert (states(), log("expert_declined")) == ([("qian", question.title, "answered")], [])


def test_an_answer_settles_the_request_of_its_author_about_its_question_only(
    question: Question, other: Question, xu: Person, qian: Person, wang: Person
) -> None:
    declined = ask_expert(question, wang, by=xu)
    decline_expert_request(declined, by=wang)
    for thing in (question, other):
        ask_expert(thing, qian, by=xu)
    made = answer(question, body="等三分钟", by=qian)
    assert states() == [
        ("wang", question.title, "declined"),
        ("qian", question.title, "answered"),
        ("qian", other.title, "waiting"),
    ]
    assert ExpertRequest.objects.get(question=question, person=qian).settled_at == made.at


def test_a_second_answer_leaves_when_the_request_was_settled(question: Question, xu: Person, qian: Person) -> None:
    ask_expert(question, qian, by=xu)
    first = answer(question, body="等三分钟", by=qian)
    answer(question, body="或者五分钟", by=qian)
    assert ExpertRequest.objects.get().settled_at == first.at


def test_who_is_silent_is_passed_by_after_eight_working_hours_and_nobody_else(
    question: Question, other: Question, xu: Person, qian: Person, wang: Person
) -> None:
    ask_expert(question, qian, by=xu, now=FRIDAY)
    ask_expert(other, wang, by=xu, now=FRIDAY + HOUR)
    monday = FRIDAY + dt.timedelta(days=3)
    # Friday from nine has seven and a half working hours, so eight are over on Monday half an hour after nine.
    ask_around(monday + 0.4 * HOUR)
    assert [state for _who, _what, state in states()] == ["waiting", "waiting"]
    ask_around(monday + 0.5 * HOUR)
    assert states() == [("qian", question.title, "passed"), ("wang", other.title, "waiting")]
    assert ExpertRequest.objects.get(person=qian).settled_at == monday + 0.5 * HOUR
    assert log("expert_declined") == []


def test_who_declined_or_answered_is_not_passed_by(
    question: Question, other: Question, xu: Person, qian: Person, wang: Person
) -> None:
    decline_expert_request(ask_expert(question, qian, by=xu, now=FRIDAY), by=qian)
    ask_expert(other, wang, by=xu, now=FRIDAY)
    answer(other, body="换门封", by=wang)
    ask_around(FRIDAY + dt.timedelta(days=4))
    assert [state for _who, _what, state in states()] == ["declined", "answered"]


def test_nobody_is_passed_by_outside_working_hours(question: Question, xu: Person, qian: Person) -> None:
    ask_expert(question, qian, by=xu, now=FRIDAY)
    assert ask_around(FRIDAY + dt.timedelta(days=4, hours=12)) == 0
    assert states() == [("qian", question.title, "waiting")]


def test_asked_by_itself_nobody_is_named(question: Question, qian: Person) -> None:
    request = ask_expert(question, qian, by=None)
    assert (request.by, log("expert_asked")) == (None, [None])
    assert request.at <= timezone.now()
