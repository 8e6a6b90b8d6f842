"""Todos of questions."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.todos import Todo, waits

from .models import PRESSING, ExpertRequest, Question

LIMIT = 5


@waits(
    "discussions.asked_of_me",
    lambda person: ExpertRequest.objects.filter(person=person, state=ExpertRequest.State.WAITING),
)
def asked_of_me(person: Person) -> list[Todo]:
    """Return questions the person was asked to answer."""
    questions = Question.objects.visible_to(person).at_work().filter(first_answer_at=None, duplicate_of=None)
    rows = ExpertRequest.objects.filter(person=person, state=ExpertRequest.State.WAITING, question__in=questions)
    rows = rows.select_related("question__community", "by").only(
        *("at", "by__name", "question__title", "question__community__name")
    )
    return [
        Todo(
            "hand-heart",
            row.question.title,
            row.question.get_absolute_url(),
            pgettext("a question", "Answer"),
            (row.question.community.name, _who(row)),
            row.at,
        )
        for row in rows.order_by("at")[:LIMIT]
    ]


def _who(expert_request: ExpertRequest) -> str:
    return (
        _("%(name)s thinks you may know this") % {"name": expert_request.by.name}
        if expert_request.by
        else _("You may know this")
    )


def _for_them_to_answer(person: int) -> QuerySet[Question]:
    """Return unanswered questions the person owns, or of communities they are an expert or fully involved in."""
    involved = Membership.objects.filter(person=person).filter(
        Q(involvement=Membership.Involvement.EVERYTHING)
        | Q(role=Role.EXPERT) & ~Q(involvement=Membership.Involvement.NOTHING)
    )
    requested = ExpertRequest.objects.filter(person=person).values("question")
    rows = Question.objects.open().filter(first_answer_at=None)
    rows = rows.filter(Q(owner=person) | Q(community__in=involved.values("community")))
    return rows.exclude(by=person).exclude(pk__in=requested)


@waits("discussions.to_answer", _for_them_to_answer)
def to_answer(person: Person) -> list[Todo]:
    """Return unanswered questions the person owns, or of communities they are an expert or fully involved in."""
    theirs = _for_them_to_answer(person.pk).values("pk")
    rows = (
        Question.objects.visible_to(person).at_work().waiting().filter(pk__in=theirs).select_related("community", "by")
    )
    shown = rows.only("title", "at", "community__name", "by__name")
    return [
        Todo(
            "circle-question-mark",
            question.title,
            question.get_absolute_url(),
            pgettext("a question", "Answer"),
            (question.community.name, _("%(name)s asked") % {"name": question.by.name if question.by else ""}),
            question.at,
        )
        for question in shown.order_by("at")[:LIMIT]
    ]


@waits("discussions.to_accept", lambda person: Question.objects.open().filter(by=person, first_answer_at__isnull=False))
def to_accept(person: Person) -> list[Todo]:
    """Return the person's questions that were answered over a day ago and are still open."""
    now = timezone.now()
    rows = Question.objects.visible_to(person).at_work().open()
    rows = rows.filter(by=person, first_answer_at__lt=now - dt.timedelta(days=1))
    rows = rows.filter(first_answer_at__gt=now - PRESSING).select_related("community")
    shown = rows.only("title", "at", "first_answer_at", "community__name")
    return [
        Todo(
            "circle-check",
            question.title,
            f"{question.get_absolute_url()}#answers",
            pgettext("an answer", "View"),
            (question.community.name, _("Did an answer solve it?")),
            question.first_answer_at,
        )
        for question in shown.order_by("-first_answer_at")[:LIMIT]
    ]
