"""Notifications about questions in the room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .. import facts
from ..models import (
    Gathering,
    Question,
)
from .common import AboutGathering, leaders_of


@offers_notification
class SomebodyAsks(NotificationType):
    """Sharer and host are notified of questions asked before the gathering."""

    key = "gatherings.question"
    group = "gatherings"
    fact = facts.RoomQuestionAsked
    icon = "circle-question-mark"

    def recipients(self, fact: facts.RoomQuestionAsked) -> Iterable[int]:
        """Return sharer and host before it begins; in the room they see the queue."""
        gathering = Gathering.objects.filter(pk=fact.gathering_id).first()
        return leaders_of(fact.gathering_id) if gathering is not None and not gathering.has_begun else []

    def sentence(self, row: Any) -> Any:
        """Return the number of new questions."""
        text = ngettext("%(count)s new question for “%(title)s”", "%(count)s new questions for “%(title)s”", row.count)
        return text % {"count": row.count, "title": row.title}


@offers_notification
class YourQuestionIsAnswered(AboutGathering):
    """Someone who asked under their name is notified of a written answer."""

    key = "gatherings.question_answered"
    group = "mine"
    fact = facts.RoomQuestionChanged
    icon = "message-circle"
    says = gettext_lazy("Your question was answered at “%(title)s”")

    def recipients(self, fact: facts.RoomQuestionChanged) -> Iterable[int]:
        """Return the asker."""
        done = Question.objects.filter(pk=fact.question_id, state=Question.State.ANSWERED).exclude(answer="")
        return set(done.values_list("by_id", flat=True)) - {None}
