"""Who asks a colleague and why them, and what the round through the working hours asks about and leaves alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.cast import make_community, make_person
from zhiliu.communities.joining import add_members
from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person, SpecialDay
from zhiliu.discussions import asking_experts
from zhiliu.discussions.asking_experts import MOST_BY_ITSELF, ask_around, ask_expert, decline_expert_request, set_limit
from zhiliu.discussions.models import ExpertRequest, Post, Question
from zhiliu.kit.errors import Refused
from zhiliu.search.index import Found, Hit

from .stage import DAY, FRIDAY, HOUR, asked, log, written

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return asked(community, "压机停机报警", xu, at=FRIDAY)


@pytest.fixture
def speaks_for(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function: speaks_for(post, …) makes the index find these posts, all as good."""

    def find(*posts: Post) -> None:
        hits = [
            Hit("post", post.pk, 1, "压机停机", "报警", (post.by_id or 0,), int(post.at.timestamp())) for post in posts
        ]
        monkeypatch.setattr("zhiliu.discussions.experts.find", lambda *_args, **_filters: Found(hits, {}))

    return find


def states(question: Question) -> list[tuple[str, str]]:
    return list(question.expert_requests.order_by("pk").values_list("person__handle", "state"))


# -- who is asked -----------------------------------------------------------------------------------------------------


def test_what_speaks_for_a_colleague_is_what_the_one_who_asks_them_may_read(
    closed_community: Community, question: Question, lin: Person, xu: Person, wang: Person, speaks_for: Any
) -> None:
    secret = written(closed_community, "压机底价", wang)
    speaks_for(secret)
    request = ask_expert(question, wang, by=lin)
    assert (request.evidence_kind, request.evidence_id) == ("post", secret.pk)
    request.delete()
    request = ask_expert(question, wang, by=xu)
    assert (request.evidence_kind, request.evidence_id) == ("", 0)


def test_asked_by_itself_a_colleague_is_told_what_the_asker_may_read(
    community: Community, question: Question, qian: Person, speaks_for: Any
) -> None:
    post = written(community, "压机停机", qian)
    speaks_for(post)
    request = ask_expert(question, qian, by=None)
    assert (request.by, request.evidence_kind, request.evidence_id) == (None, "post", post.pk)


def test_a_guest_asks_nobody_whom_they_do_not_see(community: Community, zhao: Person, sun: Person, xu: Person) -> None:
    question = asked(community, "门关不上", zhao)
    with pytest.raises(Refused, match="can’t answer here"):
        ask_expert(question, sun, by=zhao)
    assert (states(question), log("expert_asked")) == ([], [])
    ask_expert(question, xu, by=zhao)
    assert states(question) == [("xu", "waiting")]


def test_a_limit_holds_though_somebody_else_was_asked_about_it_before(
    question: Question, xu: Person, wang: Person, qian: Person
) -> None:
    decline_expert_request(ask_expert(question, wang, by=xu), by=wang)
    set_limit(0, by=qian)
    with pytest.raises(Refused, match="钱牧之 has been asked often enough this week"):
        ask_expert(question, qian, by=xu)
    assert (states(question), log("expert_asked")) == ([("wang", "declined")], [xu.pk])


# -- the round --------------------------------------------------------------------------------------------------------


@pytest.fixture
def known(community: Community, qian: Person, speaks_for: Any) -> Post:
    """Qian may know about every question asked here."""
    post = written(community, "压机停机", qian)
    speaks_for(post)
    return post


def test_a_round_is_made_at_the_clock_when_no_other_moment_is_given(
    question: Question, known: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment, count in ((FRIDAY + HOUR, 0), (FRIDAY + 2 * HOUR, 1)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert ask_around() == count
    assert ExpertRequest.objects.get().at == FRIDAY + 2 * HOUR


@pytest.mark.parametrize(("age", "count"), [(14 * DAY, 0), (14 * DAY - HOUR, 1)])
def test_about_a_question_of_fourteen_days_nobody_is_asked_any_more(
    question: Question, known: Post, age: dt.timedelta, count: int
) -> None:
    now = FRIDAY + 2 * HOUR
    Question.objects.update(at=now - age)
    assert ask_around(now) == count
    assert states(question) == [("qian", "waiting")][:count]


def test_about_a_question_whose_asker_is_gone_nobody_is_asked(question: Question, known: Post) -> None:
    Question.objects.update(by=None)
    assert ask_around(FRIDAY + 2 * HOUR) == 0
    assert states(question) == []


def test_questions_of_an_archived_community_take_no_turn_of_others(
    question: Question, known: Post, lin: Person, xu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_community(lin, xu, name="旧站")
    old = asked(archive, "旧压机停机报警", xu, at=FRIDAY - HOUR)
    Community.objects.filter(pk=archive.pk).update(phase=Community.Phase.ARCHIVED)
    monkeypatch.setattr(asking_experts, "ROUND", 1)
    assert ask_around(FRIDAY + 2 * HOUR) == 1
    assert (states(old), states(question)) == ([], [("qian", "waiting")])


def test_settled_requests_take_no_turn_of_one_that_waits(
    community: Community, question: Question, xu: Person, wang: Person, qian: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    decline_expert_request(ask_expert(question, wang, by=xu, now=FRIDAY - HOUR), by=wang)
    ask_expert(question, qian, by=xu, now=FRIDAY)
    monkeypatch.setattr(asking_experts, "ROUND", 1)
    ask_around(FRIDAY + 4 * DAY)
    assert states(question) == [("wang", "declined"), ("qian", "passed")]


@pytest.mark.parametrize(
    ("age", "state"), [(14 * DAY, "waiting"), (14 * DAY + dt.timedelta(seconds=1), "passed")], ids=["at", "after"]
)
def test_after_fourteen_days_without_working_hours_a_request_is_passed_by(
    question: Question, xu: Person, qian: Person, age: dt.timedelta, state: str
) -> None:
    for days in range(1, 16):
        SpecialDay.objects.create(date=(FRIDAY - days * DAY).date(), name="长假", works=False)
    ask_expert(question, qian, by=xu, now=FRIDAY + HOUR - age)
    ask_around(FRIDAY + HOUR)
    assert states(question) == [("qian", state)]


@pytest.mark.parametrize(("before", "count"), [(MOST_BY_ITSELF, 0), (MOST_BY_ITSELF - 1, 1)])
def test_after_four_requests_nobody_else_is_asked_by_itself(
    question: Question, known: Post, before: int, count: int
) -> None:
    for number in range(before):
        ExpertRequest.objects.create(
            question=question, person=make_person(f"p{number}"), state="declined", at=FRIDAY + HOUR
        )
    assert ask_around(FRIDAY + 3 * HOUR) == count
    assert [state for _who, state in states(question)] == ["declined"] * before + ["waiting"] * count


def test_after_a_decline_the_next_one_is_asked_though_two_hours_are_not_over(
    question: Question, known: Post, xu: Person, wang: Person
) -> None:
    assert ask_around(FRIDAY + HOUR) == 0
    decline_expert_request(ask_expert(question, wang, by=xu, now=FRIDAY), by=wang)
    assert ask_around(FRIDAY + HOUR) == 1
    assert states(question) == [("wang", "declined"), ("qian", "waiting")]
