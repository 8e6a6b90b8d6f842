"""Accept an answer, with the reason why it solved the question."""

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
    """Accept an answer; it replaces the one accepted before. Idempotent.

    Args:
        why: what solved it, for later readers.
        thanks: a sentence to the author, sent in the same transaction.

    Raises:
        Forbidden: neither asker nor moderator. Refused: the answer was deleted.
    """
    require(can_accept, by, answer.question)
    require(is_no_duplicate, by, answer.question)
    with transaction.atomic():
        question = Question.objects.select_for_update().get(pk=answer.question_id)
        answer = Answer.objects.select_related("by", "question__community").get(pk=answer.pk)
        require(stands, by, answer)
        if thanks.strip():
            _thank(answer, thanks, by)
        current = Resolution.objects.filter(question=question).first()
        if current is not None and (current.answer_id, current.why) == (answer.pk, why):
            return current
        resolution, _new = Resolution.objects.update_or_create(
            question=question, defaults={"answer": answer, "why": why, "by": by}
        )
        if current is None or current.answer_id != answer.pk:
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
    """Undo the acceptance, so that the question is open again. Idempotent."""
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
