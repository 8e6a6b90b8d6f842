"""What comes of a gathering: thanks, feedback, the deposit."""

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
    """Sharer and host learn that the feedback can be read."""

    key = "gatherings.feedback_ready"
    group = "gatherings"
    fact = facts.FeedbackReady
    icon = "message-square-text"
    says = gettext_lazy("Feedback on “%(title)s” is in. Read it and say what you’ll change")

    def recipients(self, fact: facts.FeedbackReady) -> Iterable[int]:
        """Sharer and host."""
        return leaders_of(fact.gathering_id)


@offers_notification
class ChangedBecauseOfYou(AboutGathering):
    """Who gave feedback learns what changed because of it."""

    key = "gatherings.changed_because"
    group = "gatherings"
    fact = facts.ChangedBecauseOfFeedback
    icon = "refresh-cw"
    calls = True
    says = gettext_lazy("Your feedback on “%(title)s” led to a change")

    def recipients(self, fact: facts.ChangedBecauseOfFeedback) -> Iterable[int]:
        """Who answered the survey: that somebody answered is noted, what they said is not."""
        answered = Answered.objects.filter(
            survey__kind="gathering", survey__thing_id=fact.gathering_id, survey__purpose=FEEDBACK
        )
        return set(answered.values_list("person_id", flat=True))


@offers_notification
class ThankAndTell(AboutGathering):
    """Who came is asked to thank the sharer and for one minute of feedback."""

    key = "gatherings.completed"
    group = "gatherings"
    fact = facts.Held
    icon = "heart"
    calls = True
    mail = True
    says = gettext_lazy("How was “%(title)s”? Thank the speaker and give one minute of feedback")

    def recipients(self, fact: facts.Held) -> Iterable[int]:
        """Attendees."""
        return attendees_of(fact.gathering_id)


@offers_notification
class DepositIsYours(AboutGathering):
    """Somebody is to write down what was said."""

    key = "gatherings.deposit"
    group = "mine"
    fact = facts.DepositAssigned
    icon = "book"
    calls = True
    mail = True
    tells = "owner_id"
    says = gettext_lazy("You’re writing up “%(title)s”. The draft is ready")

    def still_wanted(self, fact: facts.DepositAssigned) -> bool:
        """Not once somebody else has it, or it is done."""
        return Deposit.objects.undone().filter(pk=fact.deposit_id, owner_id=fact.owner_id).exists()


@offers_notification
class DepositIsLate(AboutGathering):
    """The owner and the host learn that the article is missing."""

    key = "gatherings.deposit_late"
    group = "mine"
    fact = facts.DepositLate
    icon = "clock-alert"
    calls = True
    says = gettext_lazy("No write-up yet for “%(title)s”")

    def recipients(self, fact: facts.DepositLate) -> Iterable[int]:
        """Owner and host."""
        row = Deposit.objects.filter(pk=fact.deposit_id).values_list("owner_id", "gathering__host_id").first() or ()
        return {key for key in row if key}

    def still_wanted(self, fact: facts.DepositLate) -> bool:
        """Only while it is missing."""
        return Deposit.objects.late().filter(pk=fact.deposit_id).exists()
