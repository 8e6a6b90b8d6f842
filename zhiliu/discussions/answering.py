"""Write, edit and withdraw answers, and vote for helpful ones."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.comments.models import Vote
from zhiliu.comments.voting import Votes, set_vote
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.screening import ScreeningResult, flag, hold_for_review, screen

from .asking_experts import note_answered
from .counting import recount_answers
from .deletion import take_back_answer
from .facts import AnswerChanged, QuestionAnswered
from .models import Answer, Question, Resolution
from .rules import can_answer, can_edit_answer, can_vote, can_withdraw_answer, has_place_to_answer, stands


def answer(question: Question, *, body: str, by: Person) -> Answer | HeldPost:
    """Answer a question, or hold the answer for review if screening demands it.

    An answer to one's own question does not end the wait for an answer.

    Args:
        body: Markdown.

    Raises:
        Forbidden: out of reach, archived, closed as a duplicate, or the person is muted.
        Refused: too often.
    """
    require(can_answer, by, question)
    place = place_of(question.pk)
    look = screen(body, question.community, by=by, place=place)
    if look.holds:
        payload = {"text": body, "place": place, "question": question.pk}
        return hold_for_review(look, question.community, kind="answer", payload=payload, by=by)
    return publish_answer(question, body=body, by=by, look=look)


def place_of(question_id: int) -> str:
    """Return the place key of a question's answers, by which screening compares texts."""
    return f"answers-{question_id}"


def publish_answer(question: Question, *, body: str, by: Person, look: ScreeningResult | None = None) -> Answer:
    """Publish an answer; the text was screened. See :func:`answer`.

    Raises:
        Forbidden: the question can no longer be answered.
    """
    with transaction.atomic():
        # The question's row stays locked until the end, so that the counts are right if two people answer at once.
        locked = Question.objects.select_for_update().get(pk=question.pk)
        require(has_place_to_answer, by, locked)
        answer = Answer.objects.create(question=locked, body=body, html=render(body).html, by=by)
        recount_answers(locked)
        note_answered(answer)
        announce(
            QuestionAnswered(
                question_id=question.pk, answer_id=answer.pk, community_id=question.community_id, by_id=by.pk
            )
        )
        if look is not None:
            flag(look, question.community, kind="answer", thing_id=answer.pk, by=by)
    question.refresh_from_db()
    return answer


def edit_answer(answer: Answer, *, body: str, by: Person, version: int) -> Answer:
    """Edit one's own answer.

    Args:
        version: of the answer the person was looking at.

    Raises:
        Refused: it was changed in the meantime, in another window.
    """
    require(can_edit_answer, by, answer)
    community = answer.question.community
    look = ScreeningResult()
    if body != answer.body:
        look = screen(body, community, by=by, place=place_of(answer.question_id), is_edit=True)
    with transaction.atomic():
        changed = Answer.objects.filter(pk=answer.pk, version=version, withdrawn_at=None).update(
            body=body, html=render(body).html, edited_at=timezone.now(), version=F("version") + 1
        )
        if not changed:
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(
            AnswerChanged(question_id=answer.question_id, answer_id=answer.pk, community_id=community.pk, by_id=by.pk)
        )
        flag(look, community, kind="answer", thing_id=answer.pk, by=by)
    answer.refresh_from_db()
    return answer


def withdraw_answer(answer: Answer, *, by: Person) -> None:
    """Withdraw an answer. A placeholder stays visible. Idempotent.

    Raises:
        Forbidden: neither author nor moderator. Refused: it was accepted.
    """
    require(can_withdraw_answer, by, answer)
    with transaction.atomic():
        Question.objects.select_for_update().get(pk=answer.question_id)
        if Resolution.objects.filter(answer=answer).exists():
            raise Refused(_("This answer was accepted. Undo that first."))
        take_back_answer(answer, by=by)


def say_it_helped(answer: Answer, *, on: bool, by: Person) -> Votes:
    """Set whether the person finds an answer helpful. Idempotent: the caller passes the wished state.

    Raises:
        Forbidden: the question is out of reach or its community archived.
        Refused: one's own answer, or a withdrawn one.
    """
    require(can_vote, by, answer.question)
    require(stands, by, answer)
    if answer.by_id == by.pk:
        raise Refused(_("This is your own answer."))
    with transaction.atomic():
        votes = set_vote("answer", answer.pk, on=on, by=by, community_id=answer.question.community_id)
        count = Vote.objects.filter(kind="answer", thing_id=answer.pk).count()
        Answer.objects.filter(pk=answer.pk).update(vote_count=count)
    return votes
