"""What of questions waits for a person."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.directory.models import Person
from zhiliu.kit.agenda import Waiting, waiting

from .models import ExpertRequest

LIMIT = 5


@waiting.adds(key="discussions.asked_of_me")
def asked_of_me(person: Person) -> list[Waiting]:
    """Questions one was asked to answer."""
    rows = ExpertRequest.objects.filter(
        person=person, state=ExpertRequest.State.WAITING, question__first_answer_at=None
    )
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
