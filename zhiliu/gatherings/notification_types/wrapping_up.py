"""Notifications after a gathering: thanks, feedback, the deposit."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.notification_types import offers_notification
from zhiliu.surveys.models import Answered

from .. import facts
from ..completing import FEEDBACK
from ..models import (
    Deposit,
)
from .common import AboutGathering, attendees_of, leaders_of


@offers_notification
class FeedbackIsThere(AboutGathering):
    """Sharer and host are notified that feedback can be read."""

    key = "gatherings.feedback_ready"
    group = "gatherings"
    fact = facts.FeedbackReady
    icon = "message-square-text"
    says = gettext_lazy("Feedback on “%(title)s” is in. Read it and say what you’ll change")

    def recipients(self, fact: facts.FeedbackReady) -> Iterable[int]:
        """Return sharer and host."""
        return leaders_of(fact.gathering_id)


@offers_notification
class ChangedBecauseOfYou(AboutGathering):
    """People who gave feedback are notified what changed because of it."""

    key = "gatherings.changed_because"
    group = "gatherings"
    fact = facts.ChangedBecauseOfFeedback
    icon = "refresh-cw"
    calls = True
    says = gettext_lazy("Your feedback on “%(title)s” led to a change")

    def recipients(self, fact: facts.ChangedBecauseOfFeedback) -> Iterable[int]:
        """Return who answered the survey. That someone answered is stored, but not what they said."""
        answered = Answered.objects.filter(
            survey__kind="gathering", survey__thing_id=fact.gathering_id, survey__purpose=FEEDBACK
        )
        return set(answered.values_list("person_id", flat=True))


@offers_notification
class ThankAndTell(AboutGathering):
    """Attendees are asked for thanks and one minute of feedback."""

    key = "gatherings.completed"
    group = "gatherings"
    fact = facts.Held
    icon = "heart"
    calls = True
    mail = True
    says = gettext_lazy("How was “%(title)s”? Thank the speaker and give one minute of feedback")

    def recipients(self, fact: facts.Held) -> Iterable[int]:
        """Return the attendees."""
        return attendees_of(fact.gathering_id)


@offers_notification
class DepositIsYours(AboutGathering):
    """Someone is assigned a deposit."""

    key = "gatherings.deposit"
    group = "mine"
    fact = facts.DepositAssigned
    icon = "book"
    calls = True
    mail = True
    tells = "owner_id"
    says = gettext_lazy("You’re writing up “%(title)s”. The draft is ready")

    def still_wanted(self, fact: facts.DepositAssigned) -> bool:
        """Return whether they still own it and it is not done."""
        return Deposit.objects.undone().filter(pk=fact.deposit_id, owner_id=fact.owner_id).exists()


@offers_notification
class DepositIsLate(AboutGathering):
    """Owner and host are notified that the article is missing."""

    key = "gatherings.deposit_late"
    group = "mine"
    fact = facts.DepositLate
    icon = "clock-alert"
    calls = True
    says = gettext_lazy("No write-up yet for “%(title)s”")

    def recipients(self, fact: facts.DepositLate) -> Iterable[int]:
        """Return owner and host."""
        row = Deposit.objects.filter(pk=fact.deposit_id).values_list("owner_id", "gathering__host_id").first() or ()
        return {key for key in row if key}

    def still_wanted(self, fact: facts.DepositLate) -> bool:
        """Return whether it is still late."""
        return Deposit.objects.late().filter(pk=fact.deposit_id).exists()
