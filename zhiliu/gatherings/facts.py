"""What happens with gatherings."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OfGathering(Fact, abstract=True):
    """Base of what happens with one gathering."""

    about = ("gathering", "gathering_id")
    gathering_id: int


@dataclass(frozen=True, kw_only=True)
class GatheringProposed(OfGathering, name="gatherings.proposed"):
    """A gathering was proposed."""


@dataclass(frozen=True, kw_only=True)
class Changed(OfGathering, name="gatherings.changed"):
    """Words, host, sharer or number of seats of a gathering changed.

    Args:
        entry: what calendars show of it changed, too.
    """

    entry: bool = False


@dataclass(frozen=True, kw_only=True)
class LeaderLeft(OfGathering, name="gatherings.leader_left"):
    """Whoever was to share, to host, or to write it down has left the organisation; who is to do it now is open."""

    sharer: bool = False
    host: bool = False
    deposit: bool = False


@dataclass(frozen=True, kw_only=True)
class EveningMoved(OfGathering, name="gatherings.evening_moved"):
    """An evening sharing went on: the guest began, questions followed, or it is over."""


@dataclass(frozen=True, kw_only=True)
class OfferMade(Fact, name="gatherings.offer_made"):
    """Somebody offers to share about a topic."""

    about = ("topic", "topic_id")
    topic_id: int
    offer_id: int


@dataclass(frozen=True, kw_only=True)
class Nominated(Fact, name="gatherings.nominated"):
    """Somebody was named as the one to share."""

    about = ("nomination", "nomination_id")
    nomination_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NominationAnswered(Fact, name="gatherings.nomination_answered"):
    """A named person answered; the log does not say what."""

    about = ("nomination", "nomination_id")
    nomination_id: int


@dataclass(frozen=True, kw_only=True)
class DepartmentAsked(Fact, name="gatherings.department_asked"):
    """A department was asked to send somebody."""

    about = ("department_ask", "ask_id")
    ask_id: int


@dataclass(frozen=True, kw_only=True)
class DepartmentAnswered(Fact, name="gatherings.department_answered"):
    """The head of a department named somebody, or declined."""

    about = ("department_ask", "ask_id")
    ask_id: int


@dataclass(frozen=True, kw_only=True)
class SharerInvited(OfGathering, name="gatherings.sharer_invited"):
    """Somebody was asked to share."""

    invitation_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(OfGathering, name="gatherings.invitation_answered"):
    """Somebody said yes, no, or proposed other times."""

    invitation_id: int
    answer: str


@dataclass(frozen=True, kw_only=True)
class TimeFixed(OfGathering, name="gatherings.time_fixed"):
    """A gathering got its time."""


@dataclass(frozen=True, kw_only=True)
class GatheringMoved(OfGathering, name="gatherings.moved"):
    """Time or place of a gathering changed."""


@dataclass(frozen=True, kw_only=True)
class Cancelled(OfGathering, name="gatherings.cancelled"):
    """A gathering does not take place."""


@dataclass(frozen=True, kw_only=True)
class SeatTaken(OfGathering, name="gatherings.seat_taken"):
    """Somebody signed up, perhaps for the waiting list."""

    waiting: bool


@dataclass(frozen=True, kw_only=True)
class SeatGivenUp(OfGathering, name="gatherings.seat_given_up"):
    """Somebody signed off."""


@dataclass(frozen=True, kw_only=True)
class SeatPromoted(OfGathering, name="gatherings.seat_promoted"):
    """Somebody came from the waiting list to a seat."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class CheckedIn(OfGathering, name="gatherings.checked_in"):
    """Somebody came."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class RoomQuestionAsked(OfGathering, name="gatherings.question_asked"):
    """A question was asked; where it was anonymous neither person nor question is named."""

    question_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RoomQuestionChanged(OfGathering, name="gatherings.question_changed"):
    """A question is being answered, was answered, put back or taken away."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class PulseGiven(OfGathering, name="gatherings.pulse_given"):
    """Somebody in the room tapped a word; neither who nor which nor when is kept, only the day."""

    day_only = True


@dataclass(frozen=True, kw_only=True)
class FeedbackReady(OfGathering, name="gatherings.feedback_ready"):
    """Enough gave feedback for it to be shown; only the day is kept, as it is that of the last answer."""

    day_only = True


@dataclass(frozen=True, kw_only=True)
class ChangedBecauseOfFeedback(OfGathering, name="gatherings.changed_because_of_feedback"):
    """Host or sharer told what they changed because of the feedback."""


@dataclass(frozen=True, kw_only=True)
class Held(OfGathering, name="gatherings.completed"):
    """A gathering took place."""


@dataclass(frozen=True, kw_only=True)
class DepositAssigned(OfGathering, name="gatherings.deposit_assigned"):
    """Somebody is to write down what was said."""

    deposit_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class DepositStarted(OfGathering, name="gatherings.deposit_started"):
    """The article of a gathering was begun."""

    deposit_id: int
    article_id: int


@dataclass(frozen=True, kw_only=True)
class DepositLate(OfGathering, name="gatherings.deposit_late"):
    """The day of a deposit has passed without it."""

    deposit_id: int


@dataclass(frozen=True, kw_only=True)
class ReminderDue(OfGathering, name="gatherings.reminder_due"):
    """Those who come are to be reminded."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class SpeakerAsked(OfGathering, name="gatherings.speaker_asked"):
    """Somebody was asked to give a lightning talk."""

    talk_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class SpeakerAnswered(OfGathering, name="gatherings.speaker_answered"):
    """Somebody said whether they give their lightning talk."""

    talk_id: int
    yes: bool


@dataclass(frozen=True, kw_only=True)
class RunningOrderChanged(OfGathering, name="gatherings.running_order_changed"):
    """Lightning talks were put into another order, changed or taken out."""


@dataclass(frozen=True, kw_only=True)
class TalkStarted(OfGathering, name="gatherings.talk_started"):
    """A lightning talk began; the one before it is over."""

    talk_id: int


@dataclass(frozen=True, kw_only=True)
class TalkEnded(OfGathering, name="gatherings.talk_ended"):
    """A lightning talk ended without another one beginning."""

    talk_id: int
