"""An answer is accepted: it holds, and why."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.thanks.thanking import thank

from .facts import AcceptanceUndone, AnswerAccepted
from .models import Answer, Question, Resolution
from .rules import can_accept, is_no_duplicate, stands


def accept_answer(answer: Answer, *, by: Person, why: str = "", thanks: str = "") -> Resolution:
    """Accept an answer; accepting another one takes its place. Idempotent.

    Args:
        why: what it was that solved it, for those who come later.
        thanks: a sentence to who answered; said in the same step.

    Raises:
        Forbidden: neither who asked nor who moderates. Refused: the answer was taken back.
    """
    require(can_accept, by, answer.question)
    require(is_no_duplicate, by, answer.question)
    with transaction.atomic():
        question = Question.objects.select_for_update().get(pk=answer.question_id)
        answer = Answer.objects.select_related("by", "question__community").get(pk=answer.pk)
        require(stands, by, answer)
        if thanks.strip():
            _thank(answer, thanks, by)
        known = Resolution.objects.filter(question=question).first()
        if known is not None and (known.answer_id, known.why) == (answer.pk, why):
            return known
        resolution, _new = Resolution.objects.update_or_create(
            question=question, defaults={"answer": answer, "why": why, "by": by}
        )
        if known is None or known.answer_id != answer.pk:
            announce(
                AnswerAccepted(
                    question_id=question.pk, answer_id=answer.pk, community_id=question.community_id, by_id=by.pk
                )
            )
    return resolution


def _thank(answer: Answer, reason: str, by: Person) -> None:
    if answer.by is None or answer.by_id == by.pk:
        raise Refused(_("There is no one to thank here."), field="thanks")
    thank(answer.by, reason=reason, by=by, about=("question", answer.question_id))


def undo_acceptance(question: Question, *, by: Person) -> None:
    """The question is open again. Harmless when it is."""
    require(can_accept, by, question)
    with transaction.atomic():
        resolution = Resolution.objects.select_for_update().filter(question=question).first()
        if resolution is not None:
            resolution.delete()
            announce(
                AcceptanceUndone(
                    question_id=question.pk,
                    answer_id=resolution.answer_id,
                    community_id=question.community_id,
                    by_id=by.pk,
                )
            )
