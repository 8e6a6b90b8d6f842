"""What of questions waits for a person."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.communities.models import Membership
from zhiliu.communities.tables import Role
from zhiliu.directory.models import Person
from zhiliu.kit.agenda import Waiting, waiting

from .models import PRESSING, ExpertRequest, Question

LIMIT = 5


@waiting.adds(key="discussions.asked_of_me")
def asked_of_me(person: Person) -> list[Waiting]:
    """Questions one was asked to answer."""
    rows = ExpertRequest.objects.filter(
        person=person, state=ExpertRequest.State.WAITING, question__first_answer_at=None
    ).filter(question__withdrawn_at=None)
    rows = rows.select_related("question__community", "by").only(
        *("at", "by__name", "question__title", "question__community__name")
    )
    return [
        Waiting(
            "hand-heart",
            one.question.title,
            one.question.get_absolute_url(),
            pgettext("a question", "Answer"),
            (one.question.community.name, _who(one)),
            one.at,
        )
        for one in rows.order_by("at")[:LIMIT]
    ]


def _who(one: ExpertRequest) -> str:
    return _("%(name)s thinks you may know this") % {"name": one.by.name} if one.by else _("You may know this")


@waiting.adds(key="discussions.to_answer")
def to_answer(person: Person) -> list[Waiting]:
    """Questions without an answer where somebody is an expert or wants to know everything, and those they see to."""
    involved = Membership.objects.filter(person=person).filter(
        Q(involvement=Membership.Involvement.EVERYTHING)
        | Q(role=Role.EXPERT) & ~Q(involvement=Membership.Involvement.NOTHING)
    )
    asked = ExpertRequest.objects.filter(person=person).values("question")
    rows = Question.objects.visible_to(person).waiting()
    rows = rows.filter(Q(owner=person) | Q(community__in=involved.values("community")))
    rows = rows.exclude(by=person).exclude(pk__in=asked).select_related("community", "by")
    shown = rows.only("title", "at", "community__name", "by__name")
    return [
        Waiting(
            "circle-question-mark",
            one.title,
            one.get_absolute_url(),
            pgettext("a question", "Answer"),
            (one.community.name, _("%(name)s asked") % {"name": one.by.name if one.by else ""}),
            one.at,
        )
        for one in shown.order_by("at")[:LIMIT]
    ]


@waiting.adds(key="discussions.to_accept")
def to_accept(person: Person) -> list[Waiting]:
    """One's own questions that were answered a day ago and are still open."""
    now = timezone.now()
    rows = Question.objects.open().filter(by=person, first_answer_at__lt=now - dt.timedelta(days=1))
    rows = rows.filter(first_answer_at__gt=now - PRESSING).select_related("community")
    shown = rows.only("title", "at", "first_answer_at", "community__name")
    return [
        Waiting(
            "circle-check",
            one.title,
            f"{one.get_absolute_url()}#answers",
            pgettext("an answer", "View"),
            (one.community.name, _("Did an answer solve it?")),
            one.first_answer_at,
        )
        for one in shown.order_by("-first_answer_at")[:LIMIT]
    ]
