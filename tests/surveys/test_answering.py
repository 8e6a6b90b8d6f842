"""Surveys: made, answered, counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.surveys.asking import Ask, answer_survey, make_survey
from zhiliu.surveys.forms import SurveyForm
from zhiliu.surveys.models import Answer, Answered, Response, Survey
from zhiliu.surveys.results import has_answered, results, score, unanswered_by

QUESTIONS = (
    Ask("scale", "有用吗"),
    Ask("choice", "会用上吗", options=("会", "不会")),
    Ask("text", "哪里可以更好", required=False),
)


def make(by: Person, *, thing_id: int = 1, **fields: Any) -> Survey:
    return make_survey("gathering", thing_id, purpose="feedback", title="反馈", questions=QUESTIONS, by=by, **fields)


def values(survey: Survey, *given: Any) -> dict[int, Any]:
    return dict(zip([question.pk for question in survey.questions.all()], given, strict=True))


def test_a_second_survey_of_the_same_purpose_is_the_first_one(lin: Person) -> None:
    assert make(lin).pk == make(lin).pk
    assert Activity.objects.filter(verb="surveys.survey_created").count() == 1


@pytest.mark.parametrize(
    "asks",
    [(), (Ask("choice", "?", options=("一个",)),), (Ask("scored", "?", options=("甲", "乙"), right=(2,)),)],
)
def test_a_survey_that_cannot_be_answered_is_refused(lin: Person, asks: tuple[Ask, ...]) -> None:
    with pytest.raises(Refused):
        make_survey("gathering", 1, purpose="feedback", title="反馈", questions=asks, by=lin)
    assert not Survey.objects.exists()


def test_a_named_answer_keeps_person_and_time(lin: Person, wang: Person) -> None:
    survey = make(lin)
    answer_survey(survey, values(survey, 5, 0, "慢一点"), by=wang)
    response = Response.objects.get()
    assert (response.person, response.at is not None) == (wang, True)
    assert sorted((a.question.order, a.value) for a in response.answers.all()) == [(0, 5), (1, 0), (2, "慢一点")]
    assert Activity.objects.get(verb="surveys.survey_answered").by_id == wang.pk


def test_of_an_anonymous_answer_nothing_leads_to_the_person(lin: Person, wang: Person) -> None:
    survey = make(lin, is_anonymous=True)
    answer_survey(survey, values(survey, 5, 0, ""), by=wang)
    response, row = Response.objects.get(), Activity.objects.get(verb="surveys.survey_answered")
    assert (response.person_id, response.at) == (None, None)
    assert (row.by_id, row.data["response_id"]) == (None, None)
    assert {field.name for field in Answered._meta.fields} == {"id", "survey", "person"}


def test_the_order_of_anonymous_answers_is_not_kept(lin: Person) -> None:
    survey = make(lin, is_anonymous=True)
    people = [make_person(f"p{place}") for place in range(12)]
    for person in people:
        answer_survey(survey, values(survey, 3, 0, person.name), by=person)
    stored = [answer.text for answer in Answer.objects.exclude(text="").order_by("pk")]
    assert stored != [person.name for person in people]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table in ("surveys_response", "surveys_answer", "surveys_answered"):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE rowid <> id")
                assert cursor.fetchone() == (0,)


def test_answering_twice_is_refused_and_counts_once(lin: Person, wang: Person) -> None:
    survey = make(lin, is_anonymous=True)
    answer_survey(survey, values(survey, 5, 0, ""), by=wang)
    with pytest.raises(Refused, match="already"):
        answer_survey(survey, values(survey, 1, 1, ""), by=wang)
    survey.refresh_from_db()
    assert (survey.answered_count, Response.objects.count(), Answer.objects.count()) == (1, 1, 2)


def test_a_closed_survey_takes_no_answers(lin: Person, wang: Person) -> None:
    survey = make(lin, closes_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(Refused, match="closed"):
        answer_survey(survey, values(survey, 5, 0, ""), by=wang)
    assert not has_answered(survey, wang)


@pytest.mark.parametrize("given", [(6, 0, ""), (0, 0, ""), (5, 2, ""), (5, "-1", ""), (True, 0, ""), ("x", 0, "")])
def test_answers_of_the_wrong_shape_are_refused(lin: Person, wang: Person, given: tuple[Any, ...]) -> None:
    survey = make(lin)
    with pytest.raises(Refused):
        answer_survey(survey, values(survey, *given), by=wang)
    assert not Response.objects.exists()


def test_what_is_required_must_be_answered_and_what_is_not_may_be_left_out(lin: Person, wang: Person) -> None:
    survey = make(lin)
    with pytest.raises(Refused, match="会用上吗"):
        answer_survey(survey, values(survey, 5, None, "x"), by=wang)
    answer_survey(survey, values(survey, 5, 1, None), by=wang)
    assert Answer.objects.count() == 2


def test_too_long_a_text_is_refused(lin: Person, wang: Person) -> None:
    survey = make(lin)
    with pytest.raises(Refused, match="1000"):
        answer_survey(survey, values(survey, 5, 0, "长" * 1001), by=wang)


def test_below_five_anonymous_answers_nothing_is_shown(lin: Person) -> None:
    survey = make(lin, is_anonymous=True)
    for place in range(5):
        told = results(survey)
        assert (told.hidden, told.questions) == (True, [])
        answer_survey(survey, values(survey, 5 - place % 2, 0, f"第{place}"), by=make_person(f"p{place}"))
    told = results(survey)
    assert not told.hidden
    assert [(bar.label, bar.count) for bar in told.questions[0].bars] == [
        ("5", 3),
        ("4", 2),
        ("3", 0),
        ("2", 0),
        ("1", 0),
    ]
    assert told.questions[2].texts == ["第0", "第1", "第2", "第3", "第4"]


def test_named_results_are_shown_from_the_first_answer(lin: Person, wang: Person) -> None:
    survey = make(lin)
    answer_survey(survey, values(survey, 4, 1, ""), by=wang)
    told = results(survey)
    assert (told.hidden, [bar.count for bar in told.questions[1].bars]) == (False, [0, 1])


def test_results_take_the_same_queries_for_one_answer_and_for_many(lin: Person, django_assert_num_queries: Any) -> None:
    survey = make(lin)
    answer_survey(survey, values(survey, 4, 1, ""), by=make_person("p0"))
    with django_assert_num_queries(3):
        results(survey)
    for place in range(1, 4):
        answer_survey(survey, values(survey, 4, 1, "x"), by=make_person(f"p{place}"))
    with django_assert_num_queries(3):
        results(survey)


def test_scored_questions_give_points(lin: Person, wang: Person) -> None:
    asks = (
        Ask("scored", "几度", options=("2", "8", "20"), right=(1,), points=2),
        Ask("scored", "谁", options=("甲", "乙"), right=(0,)),
    )
    survey = make_survey("article", 1, purpose="test", title="测一测", questions=asks, by=lin)
    answer_survey(survey, values(survey, 1, 1), by=wang)
    assert score(Response.objects.get()) == (2, 3)
    assert [bar.right for bar in results(survey).questions[0].bars] == [False, True, False]


def test_the_form_of_a_survey_gives_its_answers(lin: Person) -> None:
    survey = make(lin)
    keys = [question.pk for question in survey.questions.all()]
    form = SurveyForm(survey, {f"q{keys[0]}": "4", f"q{keys[1]}": "1", f"q{keys[2]}": "慢\u200b一点"})
    assert form.is_valid()
    assert form.values() == {keys[0]: "4", keys[1]: "1", keys[2]: "慢一点"}
    assert not SurveyForm(survey, {f"q{keys[0]}": "9", f"q{keys[1]}": "1"}).is_valid()


def test_surveys_a_person_has_not_answered_yet(lin: Person, wang: Person) -> None:
    first, second = make(lin, thing_id=1), make(lin, thing_id=2)
    answer_survey(first, values(first, 5, 0, ""), by=wang)
    assert unanswered_by(wang, [first, second]) == [second]
    assert has_answered(first, wang)
