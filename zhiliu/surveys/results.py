"""What came of a survey: counts, never a bare percentage, and nothing at all below five answers without names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from zhiliu.directory.models import Person

from .models import Answer, Answered, Question, Response, Survey

# Fewer answers of an anonymous survey are not shown: with the list of those present one could guess who said what.
FEWEST = 5
GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Bar:
    """One possible answer: its words, how often it was given, and whether it is right."""

    label: str
    count: int
    right: bool = False


@dataclass(frozen=True)
class QuestionResult:
    """What was answered to one question.

    Args:
        count: how many answered it. bars: for all kinds but text. texts: what was written, in no order.
        named: who said what, of a survey with names where they are asked for.
    """

    question: Question
    count: int
    bars: list[Bar] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        """Whether it is told in words."""
        return self.question.kind == Question.Kind.TEXT


@dataclass(frozen=True)
class Results:
    """Results of a survey; ``hidden`` when there are too few to show any."""

    survey: Survey
    count: int
    hidden: bool
    questions: list[QuestionResult] = field(default_factory=list)


def results(survey: Survey, *, with_names: bool = False) -> Results:
    """Counts per question; empty and ``hidden`` below :data:`FEWEST` for anonymous surveys.

    Args:
        with_names: of a survey with names, also who said what.
    """
    count = survey.responses.count()
    if survey.is_anonymous and count < FEWEST:
        return Results(survey, count, hidden=True)
    given: dict[int, list[Answer]] = {}
    answers = Answer.objects.filter(response__survey=survey).select_related("response__person")
    for answer in answers.order_by("pk"):
        given.setdefault(answer.question_id, []).append(answer)
    named = with_names and not survey.is_anonymous
    question_results = [_result(question, given.get(question.pk, []), named) for question in survey.questions.all()]
    return Results(survey, count, hidden=False, questions=question_results)


def _result(question: Question, answers: list[Answer], named: bool) -> QuestionResult:
    counts = _counts(question, answers)
    return replace(counts, named=sorted(_named(question, answer) for answer in answers)) if named else counts


def _named(question: Question, answer: Answer) -> tuple[str, str]:
    person = answer.response.person
    words = question.options[answer.number or 0] if question.has_options else answer.text or str(answer.number)
    return person.name if person is not None else "", words


def _counts(question: Question, answers: list[Answer]) -> QuestionResult:
    if question.kind == Question.Kind.TEXT:
        # Sorted by the words themselves: the order must not tell who was first.
        return QuestionResult(question, len(answers), texts=sorted(answer.text for answer in answers))
    counted = Counter(answer.number for answer in answers)
    if question.kind == Question.Kind.SCALE:
        bars = [Bar(_grade(question, grade), counted[grade]) for grade in reversed(GRADES)]
    else:
        bars = [Bar(text, counted[place], place in question.right) for place, text in enumerate(question.options)]
    return QuestionResult(question, len(answers), bars=bars)


def _grade(question: Question, grade: int) -> str:
    """The grade, with the words where it is an end of the scale."""
    ends = dict(zip((GRADES[0], GRADES[-1]), question.options, strict=False))
    return f"{grade} · {ends[grade]}" if grade in ends else str(grade)


def has_answered(survey: Survey, person: Person) -> bool:
    """Whether the person has answered; what they said is not known from it."""
    return Answered.objects.filter(survey=survey, person=person).exists()


def unanswered_by(person: Person, surveys: list[Survey]) -> list[Survey]:
    """Those of ``surveys`` the person has not answered, in one query."""
    done = set(Answered.objects.filter(person=person, survey__in=surveys).values_list("survey_id", flat=True))
    return [survey for survey in surveys if survey.pk not in done]


def score(response: Response) -> tuple[int, int]:
    """Points of a named response for its scored questions: reached, and possible."""
    questions = list(response.survey.questions.filter(kind=Question.Kind.SCORED))
    given = dict(response.answers.values_list("question_id", "number"))
    reached = sum(question.points for question in questions if given.get(question.pk) in question.right)
    return reached, sum(question.points for question in questions)
