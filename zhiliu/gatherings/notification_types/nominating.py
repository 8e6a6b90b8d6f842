"""Notifications about nominations and requests to departments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .. import facts
from ..models import (
    DepartmentAsk,
    Nomination,
    SharerWanted,
)
from .common import AboutGathering, what_was_said


def _wanted_for(row: SharerWanted | None) -> tuple[str, int] | None:
    """Return the topic or gathering of a nomination or department request."""
    if row is None:
        return None
    return ("topic", row.topic_id) if row.topic_id else ("gathering", row.gathering_id or 0)


@offers_notification
class YouAreNominated(AboutGathering):
    """Someone is nominated to share."""

    key = "gatherings.nominated"
    group = "mine"
    fact = facts.Nominated
    icon = "hand-heart"
    calls = True
    mail = True
    tells = "person_id"
    says = gettext_lazy("%(who)s would like to hear from you about “%(title)s”")

    def still_wanted(self, fact: facts.Nominated) -> bool:
        """Return whether it is unanswered and no one else shares."""
        row = Nomination.objects.filter(pk=fact.nomination_id, state=Nomination.State.WAITING).first()
        return row is not None and row.is_still_wanted


@offers_notification
class NominationIsAnswered(NotificationType):
    """The nominator is notified of the answer; the host only of a yes."""

    key = "gatherings.nomination_answered"
    group = "mine"
    fact = facts.NominationAnswered
    icon = "hand-heart"
    calls = True

    def recipients(self, fact: facts.NominationAnswered) -> Iterable[int]:
        """Return the nominator, and for a yes the host."""
        row = _nomination(fact)
        if row is None:
            return []
        host = row.gathering.host_id if row.gathering and row.state == Nomination.State.YES else None
        return [key for key in (row.by_id, host) if key]

    def thing(self, fact: facts.NominationAnswered) -> tuple[str, int] | None:
        """Return the topic or gathering to continue with."""
        return _wanted_for(_nomination(fact))

    def details(self, fact: facts.NominationAnswered) -> dict[str, Any]:
        """Store yes or no."""
        row = _nomination(fact)
        return {"yes": row is not None and row.state == Nomination.State.YES}

    def sentence(self, row: Any) -> Any:
        """Return the text for yes or no."""
        if row.details.get("yes"):
            return what_was_said(_("%(who)s offered to speak about “%(title)s”"), row)
        return what_was_said(_("%(who)s won’t speak about “%(title)s” this time. Only you can see this."), row)


def _nomination(fact: facts.NominationAnswered) -> Nomination | None:
    return Nomination.objects.select_related("gathering").filter(pk=fact.nomination_id).first()


@offers_notification
class YourDepartmentIsAsked(AboutGathering):
    """A department head is asked to name someone."""

    key = "gatherings.department_asked"
    group = "mine"
    fact = facts.DepartmentAsked
    icon = "users"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s asks who in your department could speak: “%(title)s”")

    def recipients(self, fact: facts.DepartmentAsked) -> Iterable[int]:
        """Return the head."""
        heads = DepartmentAsk.objects.filter(pk=fact.ask_id).values_list("department__head_id", flat=True)
        return {key for key in heads if key}

    def still_wanted(self, fact: facts.DepartmentAsked) -> bool:
        """Return whether it is unanswered and no one shares yet."""
        row = DepartmentAsk.objects.filter(pk=fact.ask_id, state=DepartmentAsk.State.WAITING).first()
        return row is not None and row.is_still_wanted


@offers_notification
class DepartmentHasAnswered(NotificationType):
    """Whoever asked a department is notified of the answer."""

    key = "gatherings.department_answered"
    group = "mine"
    fact = facts.DepartmentAnswered
    icon = "users"

    def recipients(self, fact: facts.DepartmentAnswered) -> Iterable[int]:
        """Return whoever asked."""
        return {key for key in DepartmentAsk.objects.filter(pk=fact.ask_id).values_list("by_id", flat=True) if key}

    def thing(self, fact: facts.DepartmentAnswered) -> tuple[str, int] | None:
        """Return the topic or gathering to continue with."""
        return _wanted_for(DepartmentAsk.objects.filter(pk=fact.ask_id).first())

    def details(self, fact: facts.DepartmentAnswered) -> dict[str, Any]:
        """Store whether someone was named."""
        return {"named": DepartmentAsk.objects.filter(pk=fact.ask_id, state=DepartmentAsk.State.NAMED).exists()}

    def sentence(self, row: Any) -> Any:
        """Return the text for named or declined."""
        if row.details.get("named"):
            return what_was_said(_("%(who)s has nominated someone for “%(title)s”"), row)
        return what_was_said(_("%(who)s has no one to suggest for “%(title)s” this time"), row)
