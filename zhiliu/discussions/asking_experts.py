"""Ask colleagues who may know: one at a time, and each only as often as their limit allows."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.calendar import WorkCalendar, calendar_around
from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused

from .experts import Suggestion, expert_suggestions, free_to_be_asked
from .facts import ExpertAsked, ExpertDeclined
from .models import Answer, AskingLimit, ExpertRequest, Question
from .rules import can_answer, can_ask_expert

FIRST_AFTER = dt.timedelta(hours=2)
NEXT_AFTER = dt.timedelta(hours=8)
# Automatic requests stop after this many per question, or at this age.
MOST_BY_ITSELF = 4
YOUNG = dt.timedelta(days=14)
ROUND = 200


def ask_expert(
    question: Question, person: Person, *, by: Person | None, now: dt.datetime | None = None
) -> ExpertRequest:
    """Ask a colleague to answer. Idempotent for the same colleague.

    Args:
        by: who asks; None for automatic requests.

    Raises:
        Forbidden: neither asked the question nor sees to it nor moderates the community.
        Refused: someone else is being asked, or this colleague cannot or does not want to be asked.
    """
    now = now or timezone.now()
    if by is not None:
        require(can_ask_expert, by, question)
    with transaction.atomic():
        # Row lock: two requests at the same moment cannot exceed the person's limit.
        person = Person.objects.select_for_update().get(pk=person.pk)
        _require_askable(question, person, by, now)
        expert_request = ExpertRequest.objects.filter(question=question, person=person).first()
        if expert_request is not None:
            return expert_request
        evidence = _evidence(question, person, by or question.by)
        request = _made(question, person, by, now, evidence)
        announce(
            ExpertAsked(
                question_id=question.pk,
                person_id=person.pk,
                community_id=question.community_id,
                by_id=by.pk if by else None,
            )
        )
    return request


def _made(
    question: Question, person: Person, by: Person | None, now: dt.datetime, evidence: tuple[str, int]
) -> ExpertRequest:
    try:
        # The unique key settles the race of two requests: one colleague at a time.
        with transaction.atomic():
            return ExpertRequest.objects.create(
                question=question, person=person, by=by, at=now, evidence_kind=evidence[0], evidence_id=evidence[1]
            )
    except IntegrityError as error:
        raise Refused(_("Someone is already being asked. Give them one working day.")) from error


def _require_askable(question: Question, person: Person, by: Person | None, now: dt.datetime) -> None:
    if person.pk == question.by_id or not person.is_active or person.is_guest:
        raise Refused(_("Choose another colleague."))
    if (by is not None and not can_see_person(by, person)) or not can_answer(person, question):
        raise Refused(_("This colleague can’t answer here."))
    was_asked = ExpertRequest.objects.filter(question=question, person=person).exists()
    if not was_asked and not free_to_be_asked([person.pk], now):
        raise Refused(_("%(name)s has been asked often enough this week.") % {"name": person.name})


def _evidence(question: Question, person: Person, viewer: Person | None) -> tuple[str, int]:
    """Return the best evidence for a person, which tells them why they are asked."""
    if viewer is None:
        return "", 0
    suggestions = [
        suggestion for suggestion in expert_suggestions(question, viewer, most=50) if suggestion.person.pk == person.pk
    ]
    return (suggestions[0].evidence[0].kind, suggestions[0].evidence[0].key) if suggestions else ("", 0)


def decline_expert_request(request: ExpertRequest, *, by: Person) -> None:
    """Decline a request, so that the next colleague is asked. Idempotent.

    Raises:
        Forbidden: someone else was asked.
    """
    if request.person_id != by.pk:
        raise Forbidden(_("Someone else was asked."))
    with transaction.atomic():
        if _settle(request, ExpertRequest.State.DECLINED):
            question = request.question
            announce(ExpertDeclined(question_id=question.pk, community_id=question.community_id, by_id=by.pk))


def _settle(request: ExpertRequest, state: str, now: dt.datetime | None = None) -> bool:
    waiting = ExpertRequest.objects.filter(pk=request.pk, state=ExpertRequest.State.WAITING)
    return bool(waiting.update(state=state, settled_at=now or timezone.now()))


def set_limit(most: int, *, by: Person) -> None:
    """Set how many requests a week the person accepts; 0 means never."""
    AskingLimit.objects.update_or_create(person=by, defaults={"most": most})


def ask_around(now: dt.datetime | None = None) -> int:
    """Ask the next colleague about every question that has waited long enough. Runs only in working hours.

    The first one is asked after two working hours without an answer. The next one follows after eight more, or after a
    decline.

    Returns:
        How many were asked.
    """
    now = now or timezone.now()
    calendar = calendar_around(now - YOUNG, now)
    if not calendar.in_hours(now, now):
        return 0
    _pass_by_the_silent(calendar, now)
    count = 0
    for question in _waiting_questions(now):
        if _is_time(question, calendar, now):
            count += _ask_next(question, now)
    return count


def _waiting_questions(now: dt.datetime) -> list[Question]:
    rows = Question.objects.open().filter(first_answer_at=None, at__gt=now - YOUNG, by__isnull=False)
    rows = rows.exclude(community__phase=Community.Phase.ARCHIVED).select_related("community", "by")
    questions = rows.prefetch_related("expert_requests").order_by("at")[:ROUND]
    return [question for question in questions if question.community.has(Feature.QUESTIONS)]


def _pass_by_the_silent(calendar: WorkCalendar, now: dt.datetime) -> None:
    """Mark requests without a reaction for eight working hours as passed. The person may still answer."""
    for expert_request in ExpertRequest.objects.filter(state=ExpertRequest.State.WAITING).order_by("at")[:ROUND]:
        if expert_request.at < now - YOUNG or calendar.worked(expert_request.at, now) >= NEXT_AFTER:
            _settle(expert_request, ExpertRequest.State.PASSED, now)


def _is_time(question: Question, calendar: WorkCalendar, now: dt.datetime) -> bool:
    """Return whether the next colleague is due."""
    requests = list(question.expert_requests.all())
    if len(requests) >= MOST_BY_ITSELF or any(request.state == ExpertRequest.State.WAITING for request in requests):
        return False
    return bool(requests) or calendar.worked(question.at, now) >= FIRST_AFTER


def _ask_next(question: Question, now: dt.datetime) -> int:
    assert question.by is not None
    for suggestion in _in_turn(question, now):
        try:
            ask_expert(question, suggestion.person, by=None, now=now)
        except Refused:
            continue
        return 1
    return 0


def _in_turn(question: Question, now: dt.datetime) -> list[Suggestion]:
    assert question.by is not None
    return expert_suggestions(question, question.by, most=5, now=now)


def note_answered(answer: Answer) -> None:
    """Mark the author's request as answered. Called together with the answer."""
    requests = ExpertRequest.objects.filter(question=answer.question_id, person=answer.by_id)
    requests.exclude(state=ExpertRequest.State.ANSWERED).update(
        state=ExpertRequest.State.ANSWERED, settled_at=answer.at
    )
