"""Lookups and contexts the views share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from zhiliu.directory.models import Person
from zhiliu.kit.web.http import Request
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.queries import sentence_of

from .. import queries
from ..models import Answer, Question
from ..rules import can_accept, can_answer


def question_or_404(request: Request, pk: int) -> Question:
    """Return a question the person may see."""
    rows = Question.objects.visible_to(request.user)
    related = (
        "community",
        "by",
        "owner",
        "duplicate_of__community",
        "resolution__by",
        "resolution__answer__by",
        "faq_entry",
    )
    return get_object_or_404(rows.select_related(*related), pk=pk)


def answer_or_404(request: Request, pk: int) -> Answer:
    """Return an answer to a question the person may see."""
    seen = Question.objects.visible_to(request.user).filter(answers=pk).values("pk")
    return get_object_or_404(Answer.objects.select_related("question__community", "by"), pk=pk, question__in=seen)


def answers_order(request: Request) -> str:
    """Return the order of answers that the address asks for."""
    order = request.GET.get("order", "")
    return order if order in queries.ANSWER_SORTS else "best"


def answers_context(question: Question, viewer: Person, order: str) -> dict[str, Any]:
    """Return the context of a question's answers, in an order of ``queries.ANSWER_SORTS``."""
    return {
        "question": question,
        "answers": queries.answers_of(question, viewer, order=order),
        "order": order,
        "why_no_answer": can_answer.why_not(viewer, question),
        "may_accept": can_accept(viewer, question) and not question.is_duplicate,
    }


def waits(request: Request, held_post: HeldPost, to: Any, *args: Any) -> HttpResponseBase:
    """Say that a moderator reviews it first, and redirect to a page that shows it as waiting."""
    messages.info(request, sentence_of(held_post))
    return redirect(to, *args)
