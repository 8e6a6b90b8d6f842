"""People answer, mend and take back their answers, and say which helped them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.comments.models import Vote
from zhiliu.comments.voting import Votes, set_vote
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.facts import announce
from zhiliu.kit.prose import render
from zhiliu.kit.rules import require

from .asking_experts import note_answered
from .facts import AnswerChanged, AnswerWithdrawn, QuestionAnswered
from .models import Answer, Question, Resolution
from .rules import can_answer, can_edit_answer, can_see, can_withdraw_answer, stands


def answer(question: Question, *, body: str, by: Person) -> Answer:
    """Answer a question; one may answer one's own, which does not end the waiting.

    Args:
        body: Markdown.

    Raises:
        Forbidden: out of reach, archived, or closed because it was asked before.
    """
    require(can_answer, by, question)
    with transaction.atomic():
        # The question's row stays locked until the end, so that counts are right when two answer at once.
        locked = Question.objects.select_for_update().get(pk=question.pk)
        require(can_answer, by, locked)
        made = Answer.objects.create(question=locked, body=body, html=render(body).html, by=by)
        recount(locked)
        note_answered(made)
        announce(
            QuestionAnswered(
                question_id=question.pk, answer_id=made.pk, community_id=question.community_id, by_id=by.pk
            )
        )
    question.refresh_from_db()
    return made


def recount(question: Question) -> None:
    """Count the answers that stand again, and note when somebody else first answered."""
    standing = Answer.objects.filter(question=question, withdrawn_at=None)
    first = standing.exclude(by=question.by_id).order_by("at").values_list("at", flat=True).first()
    Question.objects.filter(pk=question.pk).update(answer_count=standing.count(), first_answer_at=first)


def edit_answer(made: Answer, *, body: str, by: Person, version: int) -> Answer:
    """Mend one's own answer.

    Args:
        version: of the answer the person was looking at.

    Raises:
        Refused: it was changed meanwhile, in another window.
    """
    require(can_edit_answer, by, made)
    with transaction.atomic():
        changed = Answer.objects.filter(pk=made.pk, version=version, withdrawn_at=None).update(
            body=body, html=render(body).html, edited_at=timezone.now(), version=F("version") + 1
        )
        if not changed:
            raise Refused(_("Somebody changed this meanwhile. Your text is still here; compare and send again."))
        community_id = made.question.community_id
        announce(AnswerChanged(question_id=made.question_id, answer_id=made.pk, community_id=community_id, by_id=by.pk))
    made.refresh_from_db()
    return made


def withdraw_answer(made: Answer, *, by: Person) -> None:
    """Take an answer back; that something was there stays visible. Twice is harmless.

    Raises:
        Forbidden: neither who wrote it nor who moderates. Refused: it was accepted.
    """
    require(can_withdraw_answer, by, made)
    with transaction.atomic():
        locked = Question.objects.select_for_update().get(pk=made.question_id)
        if Resolution.objects.filter(answer=made).exists():
            raise Refused(_("This answer was accepted. Undo that first."))
        if Answer.objects.filter(pk=made.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            recount(locked)
            announce(
                AnswerWithdrawn(question_id=locked.pk, answer_id=made.pk, community_id=locked.community_id, by_id=by.pk)
            )


def say_it_helped(made: Answer, *, on: bool, by: Person) -> Votes:
    """Say that an answer helped, or take that back; the wished state is given, so repeating is harmless.

    Raises:
        Refused: one's own answer, or one that was taken back.
    """
    require(can_see, by, made.question)
    require(stands, by, made)
    if made.by_id == by.pk:
        raise Refused(_("It is your own answer."))
    with transaction.atomic():
        votes = set_vote("answer", made.pk, on=on, by=by, community_id=made.question.community_id)
        count = Vote.objects.filter(kind="answer", thing_id=made.pk).count()
        Answer.objects.filter(pk=made.pk).update(vote_count=count)
    return votes
