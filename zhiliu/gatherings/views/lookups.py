"""Lookups the views share: gatherings and questions within reach."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from zhiliu.kit.web.http import Request

from ..models import Gathering, Question


def gathering_or_404(request: Request, pk: int) -> Gathering:
    """Return a gathering the person may see, with its people."""
    rows = Gathering.objects.visible_to(request.user).select_related(
        "community", "topic", "sharer__department", "host", "by", "deposit__article", "deposit__owner"
    )
    return get_object_or_404(rows, pk=pk)


def question_or_404(request: Request, pk: int) -> Question:
    """Return a question of a gathering the person may see."""
    question = Question.objects.select_related("by").filter(pk=pk).first()
    if question is None:
        raise Http404
    question.gathering = gathering_or_404(request, question.gathering_id)
    return question
