"""What two people do with a question at the same moment; and communities that were there before questions."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.cast import fresh, make_community, make_person
from tests.directory.test_races import together
from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.discussions.answering import answer
from zhiliu.discussions.asking import ask, close_as_duplicate
from zhiliu.discussions.asking_experts import ask_expert
from zhiliu.discussions.deflection import note_found
from zhiliu.discussions.faq import put_into_faq
from zhiliu.discussions.models import ExpertRequest, FaqEntry, Finding, Question, Resolution
from zhiliu.discussions.resolving import accept_answer
from zhiliu.discussions.unanswered import tell_of_waiting_newcomers
from zhiliu.knowledge.models import Article

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lin() -> Person:
    return make_person("lin")


@pytest.fixture
def wang() -> Person:
    return make_person("wang")


@pytest.fixture
def question(lin: Person, wang: Person) -> Question:
    community = make_community(lin, wang)
    return ask(community, title="停机后多久能再启动", by=lin)


def again(question: Question) -> Question:
    """The question as another request would load it."""
    return Question.objects.select_related("community", "by").get(pk=question.pk)


def test_two_answers_at_once_are_both_counted(question: Question, lin: Person, wang: Person) -> None:
    first, second = again(question), again(question)
    together(lambda: answer(first, body="一", by=wang), lambda: answer(second, body="二", by=lin))
    found = again(question)
    assert (found.answer_count, found.first_answer_at is not None) == (2, True)


def test_two_acceptances_leave_one(question: Question, lin: Person, wang: Person) -> None:
    item, two = answer(question, body="一", by=wang), answer(question, body="二", by=wang)
    together(lambda: accept_answer(item, by=fresh(lin)), lambda: accept_answer(two, by=fresh(lin)))
    assert Resolution.objects.count() == 1


def test_two_who_put_it_into_the_faq_make_one_article(question: Question, lin: Person, wang: Person) -> None:
    accept_answer(answer(question, body="等三分钟", by=wang), by=lin)
    first, second = again(question), again(question)
    together(lambda: put_into_faq(first, by=fresh(lin)), lambda: put_into_faq(second, by=fresh(wang)))
    assert (Article.objects.count(), FaqEntry.objects.count()) == (1, 1)


def test_one_colleague_is_asked_at_a_time(question: Question, lin: Person, wang: Person) -> None:
    other = make_person("qian")
    refused = together(
        lambda: ask_expert(again(question), wang, by=fresh(lin)),
        lambda: ask_expert(again(question), other, by=fresh(lin)),
    )
    assert (refused, ExpertRequest.objects.count()) == (1, 1)
    assert Activity.objects.filter(verb="discussions.expert_asked").count() == 1


def test_two_questions_are_not_each_others_duplicate(question: Question, lin: Person, wang: Person) -> None:
    other = ask(question.community, title="停了多久能开", by=wang)
    refused = together(
        lambda: close_as_duplicate(again(question), again(other), by=fresh(lin)),
        lambda: close_as_duplicate(again(other), again(question), by=fresh(lin)),
    )
    assert refused == 1
    assert Question.objects.filter(duplicate_of=None).count() == 1


def test_a_finding_pressed_twice_counts_once(question: Question, wang: Person) -> None:
    thing = ("question", question.pk)
    together(*[lambda: note_found(question.community, thing, words="停", by=fresh(wang))] * 2)
    assert Finding.objects.count() == 1
    assert Activity.objects.filter(verb="discussions.answer_found").count() == 1


def test_two_runners_tell_of_a_newcomer_once(question: Question, lin: Person) -> None:

    Person.objects.filter(pk=lin.pk).update(hired_on=dt.date(2026, 6, 1))
    friday = dt.datetime(2026, 6, 26, 1, 0, tzinfo=dt.UTC)
    Question.objects.filter(pk=question.pk).update(at=friday)
    later = friday + dt.timedelta(days=6)
    together(lambda: tell_of_waiting_newcomers(later), lambda: tell_of_waiting_newcomers(later))
    assert Activity.objects.filter(verb="discussions.newcomer_unanswered").count() == 1
