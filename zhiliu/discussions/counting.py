"""Denormalised counts of answers."""

from __future__ import annotations

from .models import Answer, Question


def recount_answers(question: Question) -> None:
    """Recount the standing answers, and store when someone other than the asker answered first."""
    standing = Answer.objects.filter(question=question, withdrawn_at=None)
    first = standing.exclude(by=question.by_id).order_by("at").values_list("at", flat=True).first()
    Question.objects.filter(pk=question.pk).update(answer_count=standing.count(), first_answer_at=first)
