"""Ask and vote on questions before and during a gathering. Questions with the most votes are answered first."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.comments.models import Vote
from zhiliu.comments.voting import Votes, set_vote
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.text.chinese_text import normalise

from .facts import RoomQuestionAsked, RoomQuestionChanged
from .models import Gathering, LightningTalk, Question
from .rules import can_host, can_prepare, can_take_part

_State = Question.State


def ask_in_room(
    gathering: Gathering, text: str, *, by: Person, anonymous: bool = False, talk: LightningTalk | None = None
) -> Question:
    """Ask the sharer a question. Idempotent: the same words give the same question.

    Args:
        anonymous: stores neither person nor time; the fact in the log names neither person nor question.
        talk: the lightning talk the question is for. The person picks it, so it does not reveal when they asked.

    Raises:
        Refused: no words, or the gathering was cancelled.
    """
    require(can_take_part, by, gathering)
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write your question."), field="text")
    if gathering.state == Gathering.State.CANCELLED:
        raise Refused(_("This gathering was cancelled."))
    with transaction.atomic():
        # The unique digest makes a second click return the first row. A form token would store who asked and when.
        question, is_new = Question.objects.get_or_create(
            gathering=gathering,
            digest=question_digest(text if talk is None else f"{talk.pk} {text}"),
            defaults={"text": text, "talk": talk, "by": None if anonymous else by, "is_anonymous": anonymous},
        )
        if is_new:
            announce(
                RoomQuestionAsked(
                    gathering_id=gathering.pk,
                    question_id=None if anonymous else question.pk,
                    community_id=gathering.community_id,
                    by_id=None if anonymous else by.pk,
                )
            )
    return question


def question_digest(text: str) -> str:
    """Return the digest that two questions with the same words share."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def vote_for_question(question: Question, *, on: bool, by: Person) -> Votes:
    """Set whether the person votes for a question. Idempotent: the caller passes the wished state."""
    require(can_take_part, by, question.gathering)
    with transaction.atomic():
        votes = set_vote("question", question.pk, on=on, by=by, community_id=question.gathering.community_id)
        count = Vote.objects.filter(kind="question", thing_id=question.pk).count()
        Question.objects.filter(pk=question.pk).update(vote_count=count)
    question.vote_count = count
    return votes


def start_answering(question: Question, *, by: Person) -> None:
    """Show a question on the wall. The question shown before becomes answered. Idempotent."""
    _change(question, _State.ANSWERING, by)


def mark_answered(question: Question, *, by: Person, answer: str | None = None) -> None:
    """Mark a question as answered and store the answer.

    Args:
        answer: None keeps the stored answer.
    """
    _change(question, _State.ANSWERED, by, answer=answer)


def put_back_room_question(question: Question, *, by: Person) -> None:
    """Return a question to the queue."""
    _change(question, _State.WAITING, by)


def _change(question: Question, state: str, by: Person, answer: str | None = None) -> None:
    gathering = question.gathering
    require(can_prepare, by, gathering)
    with transaction.atomic():
        # Row lock: if two questions are put on the wall at once, the later one replaces the earlier one.
        Gathering.objects.select_for_update().get(pk=gathering.pk)
        if state == _State.ANSWERING:
            shown = gathering.questions.filter(state=_State.ANSWERING).exclude(pk=question.pk)
            shown.update(state=_State.ANSWERED)
        fields = {"state": state} | ({} if answer is None else {"answer": answer.strip()})
        # An unchanged state announces nothing; otherwise the asker would be notified twice of one answer.
        if Question.objects.filter(pk=question.pk).exclude(**fields).update(**fields):
            announce(
                RoomQuestionChanged(
                    gathering_id=gathering.pk,
                    question_id=question.pk,
                    community_id=gathering.community_id,
                    by_id=by.pk,
                )
            )
    question.refresh_from_db()


def remove_question(question: Question, *, by: Person) -> None:
    """Delete a question. Only the host, or the person who asked it under their name, may do so. Idempotent."""
    gathering = question.gathering
    own = question.by_id is not None and question.by_id == by.pk
    if not own and not can_host(by, gathering):
        raise Forbidden(_("Only the host, or the person who asked under their name, can remove a question."))
    with transaction.atomic():
        Vote.objects.filter(kind="question", thing_id=question.pk).delete()
        if Question.objects.filter(pk=question.pk).delete()[0]:
            announce(
                RoomQuestionChanged(
                    gathering_id=gathering.pk,
                    question_id=question.pk,
                    community_id=gathering.community_id,
                    by_id=by.pk,
                )
            )
