"""Each act with questions asks its rule, touches what it names, and is announced when it changes something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation

from tests.cast import fresh
from zhiliu.activity.models import Activity
from zhiliu.comments.models import Vote
from zhiliu.comments.voting import set_vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer, edit_answer, publish_answer, say_it_helped, withdraw_answer
from zhiliu.discussions.asking import ask, close_as_duplicate, edit_question, follow_question, hand_to, reopen
from zhiliu.discussions.models import Answer, Question, QuestionFollow
from zhiliu.discussions.resolving import accept_answer
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def asked(community: Community, title: str, by: Person) -> Question:
    made = ask(community, title=title, by=by)
    assert isinstance(made, Question)
    return made


@pytest.fixture
def question(community: Community, xu: Person) -> Question:
    return asked(community, "停机后多久能再启动", xu)


@pytest.fixture
def other(community: Community, wang: Person) -> Question:
    return asked(community, "门关不上", wang)


@pytest.fixture
def secret(closed_community: Community, wang: Person) -> Question:
    return asked(closed_community, "底价多少", wang)


def answered(question: Question, by: Person, body: str = "三分钟") -> Answer:
    made = answer(question, body=body, by=by)
    assert isinstance(made, Answer)
    return made


def log(verb: str) -> list[int | None]:
    """Who did it, each time."""
    rows = Activity.objects.filter(verb=f"discussions.{verb}").order_by("pk")
    return [row.by_id for row in rows]


def bodies() -> list[str]:
    return list(Answer.objects.order_by("pk").values_list("body", flat=True))


def test_an_answer_that_was_looked_at_needs_a_place_still(question: Question, other: Question, wang: Person) -> None:
    Question.objects.filter(pk=question.pk).update(duplicate_of=other)
    with pytest.raises(Forbidden, match="already asked"):
        publish_answer(question, body="三分钟", by=wang)
    Question.objects.filter(pk=question.pk).update(duplicate_of=None, withdrawn_at=timezone.now())
    with pytest.raises(Forbidden, match="was deleted"):
        publish_answer(question, body="三分钟", by=wang)
    assert not Answer.objects.exists()


def test_mending_an_answer_touches_no_other_and_is_announced(question: Question, wang: Person, lin: Person) -> None:
    first, _second = answered(question, wang), answered(question, lin, "五分钟")
    edit_answer(first, body="四分钟", by=wang, version=first.version)
    assert (bodies(), log("answer_changed")) == (["四分钟", "五分钟"], [wang.pk])


def test_an_answer_taken_back_in_another_window_is_not_mended(question: Question, wang: Person) -> None:
    made = answered(question, wang)
    Answer.objects.update(withdrawn_at=timezone.now())
    with pytest.raises(Refused, match="Someone else changed this"):
        edit_answer(made, body="四分钟", by=wang, version=made.version)
    assert (bodies(), log("answer_changed")) == (["三分钟"], [])


def test_an_answer_is_taken_back_though_another_one_was_accepted(
    question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    first, second = answered(question, wang), answered(question, lin, "五分钟")
    accept_answer(second, by=xu)
    withdraw_answer(first, by=wang)
    assert list(Answer.objects.filter(withdrawn_at=None)) == [second]
    with pytest.raises(Refused, match="was accepted"):
        withdraw_answer(second, by=lin)


def test_who_does_not_see_a_question_does_not_say_that_an_answer_helped(
    secret: Question, wang: Person, sun: Person
) -> None:
    made = answered(secret, wang)
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        say_it_helped(made, on=True, by=sun)
    assert not Vote.objects.exists()


def test_votes_on_other_answers_and_on_other_things_do_not_count(
    question: Question, xu: Person, wang: Person, lin: Person
) -> None:
    first, second = answered(question, wang), answered(question, lin, "五分钟")
    for person in (wang, lin):
        set_vote("topic", first.pk, on=True, by=person)
    say_it_helped(second, on=True, by=wang)
    say_it_helped(first, on=True, by=lin)
    say_it_helped(first, on=True, by=xu)
    assert list(Answer.objects.order_by("pk").values_list("vote_count", flat=True)) == [2, 1]


def test_mending_a_question_touches_no_other_and_is_announced(question: Question, other: Question, xu: Person) -> None:
    edit_question(question, title="停机多久", body="", by=xu, version=question.version)
    titles = Question.objects.order_by("pk").values_list("title", flat=True)
    assert (list(titles), log("question_changed")) == (["停机多久", "门关不上"], [xu.pk])


def test_handing_a_question_over_touches_no_other_and_is_announced_once(
    question: Question, other: Question, wang: Person
) -> None:
    for _turn in range(2):
        hand_to(question, wang, by=wang)
    assert list(Question.objects.order_by("pk").values_list("owner", flat=True)) == [wang.pk, None]
    assert log("question_handed_to") == [wang.pk]


def test_who_does_not_see_a_question_does_not_follow_it(secret: Question, sun: Person) -> None:
    with pytest.raises(Forbidden, match="Only people who can see the community"):
        follow_question(secret, on=True, by=sun)
    assert not QuestionFollow.objects.filter(by=sun).exists()


def test_following_no_longer_ends_one_follow(question: Question, other: Question, lin: Person, zhao: Person) -> None:
    QuestionFollow.objects.all().delete()
    for thing, person in ((question, lin), (other, lin), (question, zhao)):
        follow_question(thing, on=True, by=person)
    follow_question(question, on=False, by=lin)
    assert set(QuestionFollow.objects.values_list("question", "by")) == {(other.pk, lin.pk), (question.pk, zhao.pk)}


def test_a_duplicate_is_opened_again_by_who_asked_and_who_moderates_only(
    question: Question, other: Question, lin: Person, wang: Person, xu: Person
) -> None:
    close_as_duplicate(question, other, by=xu)
    with pytest.raises(Forbidden, match="Only its author can edit this"):
        reopen(Question.objects.get(pk=question.pk), by=fresh(wang))
    assert (Question.objects.get(pk=question.pk).duplicate_of, log("question_reopened")) == (other, [])
    for _turn in range(2):
        assert reopen(Question.objects.get(pk=question.pk), by=lin).duplicate_of is None
    assert log("question_reopened") == [lin.pk]


def test_opening_a_duplicate_again_leaves_other_duplicates_closed(
    community: Community, question: Question, other: Question, wang: Person, lin: Person
) -> None:
    third = asked(community, "门又关不上", wang)
    for duplicate in (question, third):
        close_as_duplicate(duplicate, other, by=lin)
    reopen(question, by=lin)
    assert list(Question.objects.filter(duplicate_of=other)) == [third]
