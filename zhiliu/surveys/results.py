"""Results of surveys: counts, never a bare percentage, and nothing below five anonymous responses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from zhiliu.directory.models import Person

from .models import Answer, Answered, Question, Response, Survey

# Fewer anonymous responses are hidden: with the attendance list one could guess who wrote what.
FEWEST = 5
GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Bar:
    """One possible answer: its label, its count, and whether it is right."""

    label: str
    count: int
    right: bool = False


@dataclass(frozen=True)
class QuestionResult:
    """The answers to one question.

    Args:
        count: number of answers. bars: for all kinds but text. texts: written answers, in no meaningful order.
        named: (name, answer), for surveys with names if requested.
    """

    question: Question
    count: int
    bars: list[Bar] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        """Return True for a text question."""
        return self.question.kind == Question.Kind.TEXT


@dataclass(frozen=True)
class Results:
    """Results of a survey; ``hidden`` when there are too few to show any."""

    survey: Survey
    count: int
    hidden: bool
    questions: list[QuestionResult] = field(default_factory=list)


def results(survey: Survey, *, with_names: bool = False) -> Results:
    """Return counts per question; empty and ``hidden`` below :data:`FEWEST` for anonymous surveys.

    Args:
        with_names: for a survey with names, also who answered what.
    """
    count = survey.responses.count()
    if survey.is_anonymous and count < FEWEST:
        return Results(survey, count, hidden=True)
    by_question: dict[int, list[Answer]] = {}
    answers = Answer.objects.filter(response__survey=survey).select_related("response__person")
    for answer in answers.order_by("pk"):
        by_question.setdefault(answer.question_id, []).append(answer)
    shows_names = with_names and not survey.is_anonymous
    question_results = [
        _result(question, by_question.get(question.pk, []), shows_names) for question in survey.questions.all()
    ]
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
        # Sorted by text: the order must not reveal who was first.
        return QuestionResult(question, len(answers), texts=sorted(answer.text for answer in answers))
    counted = Counter(answer.number for answer in answers)
    if question.kind == Question.Kind.SCALE:
        bars = [Bar(_grade(question, grade), counted[grade]) for grade in reversed(GRADES)]
    else:
        bars = [Bar(text, counted[place], place in question.right) for place, text in enumerate(question.options)]
    return QuestionResult(question, len(answers), bars=bars)


def _grade(question: Question, grade: int) -> str:
    """Return the grade, with the label if it is an end of the scale."""
    ends = dict(zip((GRADES[0], GRADES[-1]), question.options, strict=False))
    return f"{grade} · {ends[grade]}" if grade in ends else str(grade)


def has_answered(survey: Survey, person: Person) -> bool:
    """Return True if the person has answered; it does not reveal what."""
    return Answered.objects.filter(survey=survey, person=person).exists()


def unanswered_by(person: Person, surveys: list[Survey]) -> list[Survey]:
    """Return those of ``surveys`` the person has not answered, in one query."""
    answered = set(Answered.objects.filter(person=person, survey__in=surveys).values_list("survey_id", flat=True))
    return [survey for survey in surveys if survey.pk not in answered]


def score(response: Response) -> tuple[int, int]:
    """Return the points of a named response for its scored questions: reached, and possible."""
    questions = list(response.survey.questions.filter(kind=Question.Kind.SCORED))
    numbers = dict(response.answers.values_list("question_id", "number"))
    reached = sum(question.points for question in questions if numbers.get(question.pk) in question.right)
    return reached, sum(question.points for question in questions)
