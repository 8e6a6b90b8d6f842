"""Questions are asked, before and during; those with most votes are answered first."""

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
    """Ask the sharer something. The same words again are the same question.

    Args:
        anonymous: neither person nor time is stored, and the fact in the log names neither person nor question.
        talk: which lightning talk it is to; who asks chooses it, so that it says nothing about when they asked.

    Raises:
        Refused: no words, or the gathering was called off.
    """
    require(can_take_part, by, gathering)
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write your question."), field="text")
    if gathering.state == Gathering.State.CANCELLED:
        raise Refused(_("This gathering was cancelled."))
    with transaction.atomic():
        # The unique digest makes a second click find the first one's question; a form token would store who asked when.
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
    """What two questions of the same words have in common."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def vote_for_question(question: Question, *, on: bool, by: Person) -> Votes:
    """Want a question answered, or take that back; the wished state is given, so it is idempotent."""
    require(can_take_part, by, question.gathering)
    with transaction.atomic():
        votes = set_vote("question", question.pk, on=on, by=by, community_id=question.gathering.community_id)
        count = Vote.objects.filter(kind="question", thing_id=question.pk).count()
        Question.objects.filter(pk=question.pk).update(vote_count=count)
    question.vote_count = count
    return votes


def start_answering(question: Question, *, by: Person) -> None:
    """Put a question on the wall; the one that was there counts as answered. Idempotent."""
    _change(question, _State.ANSWERING, by)


def mark_answered(question: Question, *, by: Person, answer: str | None = None) -> None:
    """Note that a question was answered, and what the answer was.

    Args:
        answer: stays as it is when not given.
    """
    _change(question, _State.ANSWERED, by, answer=answer)


def put_back_room_question(question: Question, *, by: Person) -> None:
    """Put a question back into the queue."""
    _change(question, _State.WAITING, by)


def _change(question: Question, state: str, by: Person, answer: str | None = None) -> None:
    gathering = question.gathering
    require(can_prepare, by, gathering)
    with transaction.atomic():
        # Locked, so that of two questions put on the wall at the same time the later one takes the place of the other.
        Gathering.objects.select_for_update().get(pk=gathering.pk)
        if state == _State.ANSWERING:
            shown = gathering.questions.filter(state=_State.ANSWERING).exclude(pk=question.pk)
            shown.update(state=_State.ANSWERED)
        fields = {"state": state} | ({} if answer is None else {"answer": answer.strip()})
        # The same again is not told: who asked would read twice of one answer.
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
    """Take a question away: whoever asked it under their name, or the host. Idempotent."""
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
