"""Creating and answering surveys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.chinese_text import without_invisibles

from .facts import SurveyAnswered, SurveyMade
from .models import Answer, Answered, Question, Response, Survey

MAX_TEXT = 1000
BEST = 5


@dataclass(frozen=True)
class Ask:
    """A question to put into a survey.

    Args:
        kind: scale, choice, text or scored. text: the question.
        options: the choices; for a scale the labels of its lower and upper end.
        right: indexes of the right ones, for scored. points: for a right answer.
    """

    kind: str
    text: str
    options: Sequence[str] = ()
    right: Sequence[int] = ()
    points: int = 1
    required: bool = True


def make_survey(
    kind: str,
    thing_id: int,
    *,
    purpose: str,
    title: str,
    questions: Sequence[Ask],
    by: Person,
    is_anonymous: bool = False,
    closes_at: dt.datetime | None = None,
    community_id: int | None = None,
) -> Survey:
    """Create a survey about an object. Idempotent: one survey per object and purpose.

    Raises:
        Refused: no question, or a choice without options.
    """
    if not questions:
        raise Refused(_("A survey needs at least one question."))
    with transaction.atomic():
        survey, is_new = Survey.objects.get_or_create(
            kind=kind,
            thing_id=thing_id,
            purpose=purpose,
            defaults={
                "title": title,
                "is_anonymous": is_anonymous,
                "closes_at": closes_at,
                "community_id": community_id,
                "by": by,
            },
        )
        if is_new:
            Question.objects.bulk_create([_question(survey, place, ask) for place, ask in enumerate(questions)])
            announce(
                SurveyMade(survey_id=survey.pk, kind=kind, thing_id=thing_id, community_id=community_id, by_id=by.pk)
            )
    return survey


def _question(survey: Survey, place: int, ask: Ask) -> Question:
    question = Question(
        survey=survey,
        order=place,
        kind=ask.kind,
        text=ask.text,
        options=[str(option) for option in ask.options],
        right=list(ask.right),
        points=ask.points,
        required=ask.required,
    )
    if question.has_options and len(question.options) < 2:
        raise Refused(_("A choice needs at least two options."))
    if ask.kind == Question.Kind.SCALE and len(question.options) not in (0, 2):
        raise Refused(_("A scale needs labels at both ends, or none."))
    if ask.kind == Question.Kind.SCORED and not all(0 <= place < len(ask.options) for place in ask.right):
        raise Refused(_("The correct answer is not one of the options."))
    return question


def answer_survey(survey: Survey, values: Mapping[int, Any], *, by: Person) -> None:
    """Submit a response to a survey.

    Args:
        values: answers by question id: a number for a scale (1 to 5) and for a choice (index of the option), else text.

    Raises:
        Refused: closed, answered before, a required answer missing, or an invalid one.
    """
    if not survey.is_open:
        raise Refused(_("This survey is closed."))
    questions = list(survey.questions.all())
    answers = [(question, _checked(question, values.get(question.pk))) for question in questions]
    if all(value is None for _question_, value in answers):
        raise Refused(_("Answer at least one question."))
    with transaction.atomic():
        # Race: the unique key handles two simultaneous clicks: the second finds the row and is refused.
        _row, is_new = Answered.objects.get_or_create(survey=survey, person=by)
        if not is_new:
            raise Refused(_("You’ve already answered. Each person can answer once."))
        response = _write(survey, answers, by)
        Survey.objects.filter(pk=survey.pk).update(answered_count=F("answered_count") + 1)
        announce(_fact(survey, response, by))


def _write(survey: Survey, answers: Sequence[tuple[Question, Any]], by: Person) -> Response:
    nobody = survey.is_anonymous
    response = Response.objects.create(
        survey=survey, person=None if nobody else by, at=None if nobody else timezone.now()
    )
    Answer.objects.bulk_create(
        Answer(
            response=response,
            question=question,
            number=None if question.kind == Question.Kind.TEXT else value,
            text=value if question.kind == Question.Kind.TEXT else "",
        )
        for question, value in answers
        if value is not None
    )
    return response


def _fact(survey: Survey, response: Response, by: Person) -> SurveyAnswered:
    nobody = survey.is_anonymous
    return SurveyAnswered(
        survey_id=survey.pk,
        kind=survey.kind,
        thing_id=survey.thing_id,
        response_id=None if nobody else response.pk,
        community_id=survey.community_id,
        by_id=None if nobody else by.pk,
    )


def _checked(question: Question, value: Any) -> Any:
    """Return the value in the form the question requires, or None if it was left out."""
    if value in (None, ""):
        value = None
    elif question.kind == Question.Kind.TEXT:
        value = _text(question, value)
    else:
        value = _number(question, value)
    if value is None and question.required:
        raise Refused(_("Please answer: %(question)s") % {"question": question.text}, field=f"q{question.pk}")
    return value


def _text(question: Question, value: Any) -> str | None:
    text = without_invisibles(str(value)).strip()
    if len(text) > MAX_TEXT:
        raise Refused(_("At most %(count)s characters.") % {"count": MAX_TEXT}, field=f"q{question.pk}")
    return text or None


def _number(question: Question, value: Any) -> int:
    lowest, highest = (1, BEST) if question.kind == Question.Kind.SCALE else (0, len(question.options) - 1)
    if isinstance(value, bool) or not str(value).isdecimal() or not lowest <= int(value) <= highest:
        raise Refused(_("Choose one of the answers shown."), field=f"q{question.pk}")
    return int(value)
