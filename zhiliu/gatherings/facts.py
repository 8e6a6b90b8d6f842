"""Facts about gatherings."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OfGathering(Fact, abstract=True):
    """Base of the facts about one gathering."""

    about = ("gathering", "gathering_id")
    gathering_id: int


@dataclass(frozen=True, kw_only=True)
class GatheringProposed(OfGathering, name="gatherings.proposed"):
    """A gathering was proposed."""


@dataclass(frozen=True, kw_only=True)
class Changed(OfGathering, name="gatherings.changed"):
    """Title, texts, host, sharer or number of seats of a gathering changed.

    Args:
        entry: the calendar entry changed, too.
    """

    entry: bool = False


@dataclass(frozen=True, kw_only=True)
class LeaderLeft(OfGathering, name="gatherings.leader_left"):
    """The sharer, host or deposit owner left the organisation, and nobody replaces them yet."""

    sharer: bool = False
    host: bool = False
    deposit: bool = False


@dataclass(frozen=True, kw_only=True)
class EveningMoved(OfGathering, name="gatherings.evening_moved"):
    """An evening sharing moved on: the guest's part or the questions began, or it ended."""


@dataclass(frozen=True, kw_only=True)
class OfferMade(Fact, name="gatherings.offer_made"):
    """Someone offered to share about a topic."""

    about = ("topic", "topic_id")
    topic_id: int
    offer_id: int


@dataclass(frozen=True, kw_only=True)
class Nominated(Fact, name="gatherings.nominated"):
    """Someone was nominated to share."""

    about = ("nomination", "nomination_id")
    nomination_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class NominationAnswered(Fact, name="gatherings.nomination_answered"):
    """A nominated person answered; the log does not record the answer."""

    about = ("nomination", "nomination_id")
    nomination_id: int


@dataclass(frozen=True, kw_only=True)
class DepartmentAsked(Fact, name="gatherings.department_asked"):
    """A department was asked to send someone."""

    about = ("department_ask", "ask_id")
    ask_id: int


@dataclass(frozen=True, kw_only=True)
class DepartmentAnswered(Fact, name="gatherings.department_answered"):
    """A department head named someone, or declined."""

    about = ("department_ask", "ask_id")
    ask_id: int


@dataclass(frozen=True, kw_only=True)
class SharerInvited(OfGathering, name="gatherings.sharer_invited"):
    """Someone was invited to share."""

    invitation_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(OfGathering, name="gatherings.invitation_answered"):
    """An invited sharer said yes, no, or proposed other times."""

    invitation_id: int
    answer: str


@dataclass(frozen=True, kw_only=True)
class AudienceInvited(OfGathering, name="gatherings.audience_invited"):
    """People were invited to attend, or called again because they had not answered.

    Args:
        tag_ids: tags whose followers are notified, too.
    """

    call_id: int
    again: bool = False
    tag_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AudienceAnswered(OfGathering, name="gatherings.audience_answered"):
    """Someone who was invited to attend said maybe or no.

    Args:
        by_calendar: the answer came from a calendar program, which has changed the entry already.
    """

    answer: str
    by_calendar: bool = False


@dataclass(frozen=True, kw_only=True)
class RemindersPlanned(OfGathering, name="gatherings.reminders_planned"):
    """The host chose which reminders attendees get."""


@dataclass(frozen=True, kw_only=True)
class TimeFixed(OfGathering, name="gatherings.time_fixed"):
    """The time of a gathering was fixed."""


@dataclass(frozen=True, kw_only=True)
class GatheringMoved(OfGathering, name="gatherings.moved"):
    """Time or place of a gathering changed."""


@dataclass(frozen=True, kw_only=True)
class Cancelled(OfGathering, name="gatherings.cancelled"):
    """A gathering was cancelled."""


@dataclass(frozen=True, kw_only=True)
class SeatTaken(OfGathering, name="gatherings.seat_taken"):
    """Someone signed up, or joined the waiting list.

    Args:
        by_calendar: the answer came from a calendar program, which shows the entry already.
    """

    waiting: bool
    by_calendar: bool = False


@dataclass(frozen=True, kw_only=True)
class SeatGivenUp(OfGathering, name="gatherings.seat_given_up"):
    """Someone signed off.

    Args:
        waiting: they were on the waiting list. by_calendar: the answer came from a calendar program, which has removed
            the entry already.
    """

    waiting: bool = False
    by_calendar: bool = False


@dataclass(frozen=True, kw_only=True)
class SeatPromoted(OfGathering, name="gatherings.seat_promoted"):
    """Someone moved from the waiting list to a seat."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class CheckedIn(OfGathering, name="gatherings.checked_in"):
    """Someone checked in."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class RoomQuestionAsked(OfGathering, name="gatherings.question_asked"):
    """A question was asked. For an anonymous one, neither person nor question is named."""

    question_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RoomQuestionChanged(OfGathering, name="gatherings.question_changed"):
    """A question is being answered, was answered, returned to the queue or removed."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class PulseGiven(OfGathering, name="gatherings.pulse_given"):
    """Someone in the room tapped a pulse word. Only the day is stored: not who, which word or when."""

    day_only = True


@dataclass(frozen=True, kw_only=True)
class FeedbackReady(OfGathering, name="gatherings.feedback_ready"):
    """Enough people gave feedback to show it. Only the day is stored, because it is the day of the last answer."""

    day_only = True


@dataclass(frozen=True, kw_only=True)
class ChangedBecauseOfFeedback(OfGathering, name="gatherings.changed_because_of_feedback"):
    """Host or sharer said what they changed because of the feedback."""


@dataclass(frozen=True, kw_only=True)
class Held(OfGathering, name="gatherings.completed"):
    """A gathering took place."""


@dataclass(frozen=True, kw_only=True)
class DepositAssigned(OfGathering, name="gatherings.deposit_assigned"):
    """A deposit was assigned to an owner."""

    deposit_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class DepositStarted(OfGathering, name="gatherings.deposit_started"):
    """The article of a gathering was started."""

    deposit_id: int
    article_id: int


@dataclass(frozen=True, kw_only=True)
class DepositLate(OfGathering, name="gatherings.deposit_late"):
    """A deposit is past its due day."""

    deposit_id: int


@dataclass(frozen=True, kw_only=True)
class ReminderDue(OfGathering, name="gatherings.reminder_due"):
    """A reminder of a gathering is due."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class SpeakerAsked(OfGathering, name="gatherings.speaker_asked"):
    """Someone was asked to give a lightning talk."""

    talk_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class SpeakerAnswered(OfGathering, name="gatherings.speaker_answered"):
    """A speaker said whether they give their lightning talk."""

    talk_id: int
    yes: bool


@dataclass(frozen=True, kw_only=True)
class RunningOrderChanged(OfGathering, name="gatherings.running_order_changed"):
    """Lightning talks were reordered, changed or removed."""


@dataclass(frozen=True, kw_only=True)
class TalkStarted(OfGathering, name="gatherings.talk_started"):
    """A lightning talk started; the previous one ended."""

    talk_id: int


@dataclass(frozen=True, kw_only=True)
class TalkEnded(OfGathering, name="gatherings.talk_ended"):
    """A lightning talk ended and no other one started."""

    talk_id: int
