"""What people are told about gatherings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiliu.comments.models import Vote
from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.following import followers_among
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification
from zhiliu.needs.models import Topic
from zhiliu.surveys.models import Answered

from . import facts
from .completing import FEEDBACK
from .models import (
    CheckIn,
    DepartmentAsk,
    Deposit,
    Format,
    Gathering,
    Invitation,
    LightningTalk,
    Nomination,
    Offer,
    Question,
    Reminder,
    Seat,
    SharerWanted,
)


def _leaders(gathering_id: int) -> set[int]:
    """Sharer and host."""
    row = Gathering.objects.filter(pk=gathering_id).values_list("sharer_id", "host_id").first() or ()
    return {key for key in row if key}


def _coming(gathering_id: int) -> set[int]:
    """Sharer, host and everybody with a seat or on the waiting list."""
    seats = Seat.objects.filter(gathering_id=gathering_id).values_list("person_id", flat=True)
    return _leaders(gathering_id) | set(seats)


def _attendees(gathering_id: int) -> set[int]:
    """Who came; where nobody was noted, who had a seat. The sharer is left out."""
    came = set(CheckIn.objects.filter(gathering_id=gathering_id).values_list("person_id", flat=True))
    if not came:
        seats = Seat.objects.filter(gathering_id=gathering_id, waiting=False)
        came = set(seats.values_list("person_id", flat=True))
    sharer = Gathering.objects.filter(pk=gathering_id).values_list("sharer_id", flat=True).first()
    return came - {sharer}


def _said(text: Any, row: Any) -> Any:
    return text % {"who": row.who or _("Someone"), "title": row.title}


class AboutGathering(NotificationType):
    """A notice that names who acted, unless they are hidden."""

    def sentence(self, row: Any) -> Any:
        """What the type says, by someone."""
        return _said(self.says, row)


@offers_notification
class YouAreInvited(NotificationType):
    """Somebody is asked to share."""

    key = "gatherings.invited"
    group = "mine"
    fact = facts.SharerInvited
    icon = "mail"
    calls = True
    mail = True
    tells = "person_id"

    def details(self, fact: facts.SharerInvited) -> dict[str, Any]:
        """Whether it is tea for two."""
        tea = Gathering.objects.filter(pk=fact.gathering_id, format="tea_chat").exists()
        return {"tea": tea}

    def sentence(self, row: Any) -> Any:
        """Who asks for what."""
        if row.details.get("tea"):
            return _said(_("%(who)s invites you to a tea chat: “%(title)s”"), row)
        return _said(_("%(who)s invites you to speak: “%(title)s”"), row)

    def still_wanted(self, fact: facts.SharerInvited) -> bool:
        """Not once it was answered."""
        return Invitation.objects.filter(pk=fact.invitation_id, state=Invitation.State.WAITING).exists()


@offers_notification
class YouAreAskedToSpeak(AboutGathering):
    """Somebody is asked to give a lightning talk."""

    key = "gatherings.speaker_asked"
    group = "mine"
    fact = facts.SpeakerAsked
    icon = "mail"
    calls = True
    mail = True
    tells = "person_id"
    says = gettext_lazy("%(who)s invites you to give a lightning talk at “%(title)s”")

    def still_wanted(self, fact: facts.SpeakerAsked) -> bool:
        """Not once it was answered or taken out."""
        return LightningTalk.objects.filter(pk=fact.talk_id, state=LightningTalk.State.WAITING).exists()


@offers_notification
class SpeakerHasAnswered(NotificationType):
    """The host learns whether a speaker comes."""

    key = "gatherings.speaker_answered"
    group = "mine"
    fact = facts.SpeakerAnswered
    icon = "mail"

    def recipients(self, fact: facts.SpeakerAnswered) -> Iterable[int]:
        """Who asked, and the host."""
        by = LightningTalk.objects.filter(pk=fact.talk_id).values_list("by_id", flat=True)
        host = Gathering.objects.filter(pk=fact.gathering_id).values_list("host_id", flat=True)
        return {*by, *host} - {None}

    def details(self, fact: facts.SpeakerAnswered) -> dict[str, Any]:
        """Which answer."""
        return {"yes": fact.yes}

    def sentence(self, row: Any) -> Any:
        """Yes or no."""
        if row.details.get("yes"):
            return _said(_("%(who)s will give a lightning talk at “%(title)s”"), row)
        return _said(_("%(who)s can’t speak at “%(title)s”"), row)


@offers_notification
class InvitationIsAnswered(NotificationType):
    """The host learns the answer."""

    key = "gatherings.invitation_answered"
    group = "mine"
    fact = facts.InvitationAnswered
    icon = "mail"
    calls = True
    mail = True

    def recipients(self, fact: facts.InvitationAnswered) -> Iterable[int]:
        """Who invited, and the host."""
        by = Invitation.objects.filter(pk=fact.invitation_id).values_list("by_id", flat=True)
        host = Gathering.objects.filter(pk=fact.gathering_id).values_list("host_id", flat=True)
        return {*by, *host} - {None}

    def details(self, fact: facts.InvitationAnswered) -> dict[str, Any]:
        """Which answer."""
        return {"answer": fact.answer}

    def sentence(self, row: Any) -> Any:
        """Yes, no, or other times."""
        answer = row.details.get("answer")
        if answer == Invitation.State.ACCEPTED:
            return _said(_("%(who)s is coming: “%(title)s”"), row)
        if answer == Invitation.State.COUNTERED:
            return _said(_("%(who)s proposed other times for “%(title)s”"), row)
        return _said(_("%(who)s can’t come: “%(title)s”"), row)


@offers_notification
class LeaderHasLeft(NotificationType):
    """Those who run the community, and whoever else leads it, learn that somebody is missing."""

    key = "gatherings.leader_left"
    group = "mine"
    fact = facts.LeaderLeft
    icon = "user-x"
    calls = True
    mail = True

    def recipients(self, fact: facts.LeaderLeft) -> Iterable[int]:
        """The other one of sharer and host, and managers and leaders; tea is nobody else's matter."""
        others = _leaders(fact.gathering_id) - {fact.by_id}
        if Gathering.objects.filter(pk=fact.gathering_id, format=Format.TEA_CHAT).exists():
            return others
        run = Membership.objects.filter(community=fact.community_id or 0, role__in=[Role.MANAGER, Role.LEADER])
        return others | set(run.values_list("person_id", flat=True))

    def details(self, fact: facts.LeaderLeft) -> dict[str, Any]:
        """What they were to do."""
        return {"sharer": fact.sharer, "host": fact.host, "deposit": fact.deposit}

    def sentence(self, row: Any) -> Any:
        """What is missing."""
        if row.details.get("deposit"):
            return _said(_("%(who)s has left: no one is writing up “%(title)s”"), row)
        if row.details.get("sharer") and row.details.get("host"):
            return _said(_("%(who)s has left: “%(title)s” has no speaker or host"), row)
        if row.details.get("host"):
            return _said(_("%(who)s has left: “%(title)s” has no host"), row)
        return _said(_("%(who)s has left: “%(title)s” has no speaker"), row)

    def still_wanted(self, fact: facts.LeaderLeft) -> bool:
        """Not once somebody does it."""
        missing = Q(sharer=None) if fact.sharer else Q(pk=None)
        missing |= Q(host=None) if fact.host else Q(pk=None)
        missing |= Q(deposit__owner=None) if fact.deposit else Q(pk=None)
        standing = Gathering.objects.exclude(state=Gathering.State.CANCELLED)
        return standing.filter(missing, pk=fact.gathering_id).exists()


@offers_notification
class OfferIsMade(AboutGathering):
    """The author of a topic learns that somebody offers to share."""

    key = "gatherings.offer"
    group = "mine"
    fact = facts.OfferMade
    icon = "hand"
    calls = True
    says = gettext_lazy("%(who)s offers to speak about “%(title)s”")

    def recipients(self, fact: facts.OfferMade) -> Iterable[int]:
        """The author of the topic, while the offer stands."""
        if not Offer.objects.filter(pk=fact.offer_id).exists():
            return []
        return set(Topic.objects.filter(pk=fact.topic_id).values_list("by_id", flat=True)) - {None}


def _wanted_for(row: SharerWanted | None) -> tuple[str, int] | None:
    """The topic or gathering a nomination or a request to a department is for."""
    if row is None:
        return None
    return ("topic", row.topic_id) if row.topic_id else ("gathering", row.gathering_id or 0)


@offers_notification
class YouAreNominated(AboutGathering):
    """Somebody is named as the one to share."""

    key = "gatherings.nominated"
    group = "mine"
    fact = facts.Nominated
    icon = "hand-heart"
    calls = True
    mail = True
    tells = "person_id"
    says = gettext_lazy("%(who)s would like to hear from you about “%(title)s”")

    def still_wanted(self, fact: facts.Nominated) -> bool:
        """Not once it was answered, or somebody else shares."""
        row = Nomination.objects.filter(pk=fact.nomination_id, state=Nomination.State.WAITING).first()
        return row is not None and row.is_still_wanted


@offers_notification
class NominationIsAnswered(NotificationType):
    """Who named somebody learns the answer; the host learns only of a yes."""

    key = "gatherings.nomination_answered"
    group = "mine"
    fact = facts.NominationAnswered
    icon = "hand-heart"
    calls = True

    def recipients(self, fact: facts.NominationAnswered) -> Iterable[int]:
        """Who named them, and of a yes the host."""
        row = _nomination(fact)
        if row is None:
            return []
        host = row.gathering.host_id if row.gathering and row.state == Nomination.State.YES else None
        return [key for key in (row.by_id, host) if key]

    def thing(self, fact: facts.NominationAnswered) -> tuple[str, int] | None:
        """The topic or gathering, where it goes on."""
        return _wanted_for(_nomination(fact))

    def details(self, fact: facts.NominationAnswered) -> dict[str, Any]:
        """Yes or no."""
        row = _nomination(fact)
        return {"yes": row is not None and row.state == Nomination.State.YES}

    def sentence(self, row: Any) -> Any:
        """What they said."""
        if row.details.get("yes"):
            return _said(_("%(who)s offered to speak about “%(title)s”"), row)
        return _said(_("%(who)s won’t speak about “%(title)s” this time. Only you can see this."), row)


def _nomination(fact: facts.NominationAnswered) -> Nomination | None:
    return Nomination.objects.select_related("gathering").filter(pk=fact.nomination_id).first()


@offers_notification
class YourDepartmentIsAsked(AboutGathering):
    """The head of a department is asked to name somebody."""

    key = "gatherings.department_asked"
    group = "mine"
    fact = facts.DepartmentAsked
    icon = "users"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s asks who in your department could speak: “%(title)s”")

    def recipients(self, fact: facts.DepartmentAsked) -> Iterable[int]:
        """The head."""
        heads = DepartmentAsk.objects.filter(pk=fact.ask_id).values_list("department__head_id", flat=True)
        return {key for key in heads if key}

    def still_wanted(self, fact: facts.DepartmentAsked) -> bool:
        """Not once it was answered, or somebody shares."""
        row = DepartmentAsk.objects.filter(pk=fact.ask_id, state=DepartmentAsk.State.WAITING).first()
        return row is not None and row.is_still_wanted


@offers_notification
class DepartmentHasAnswered(NotificationType):
    """Who asked a department learns the answer."""

    key = "gatherings.department_answered"
    group = "mine"
    fact = facts.DepartmentAnswered
    icon = "users"

    def recipients(self, fact: facts.DepartmentAnswered) -> Iterable[int]:
        """Who asked."""
        return {key for key in DepartmentAsk.objects.filter(pk=fact.ask_id).values_list("by_id", flat=True) if key}

    def thing(self, fact: facts.DepartmentAnswered) -> tuple[str, int] | None:
        """The topic or gathering, where it goes on."""
        return _wanted_for(DepartmentAsk.objects.filter(pk=fact.ask_id).first())

    def details(self, fact: facts.DepartmentAnswered) -> dict[str, Any]:
        """Whether somebody was named."""
        return {"named": DepartmentAsk.objects.filter(pk=fact.ask_id, state=DepartmentAsk.State.NAMED).exists()}

    def sentence(self, row: Any) -> Any:
        """Named, or nobody."""
        if row.details.get("named"):
            return _said(_("%(who)s has nominated someone for “%(title)s”"), row)
        return _said(_("%(who)s has no one to suggest for “%(title)s” this time"), row)


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
        return _leaders(fact.gathering_id)


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
class TopicHasATime(AboutGathering):
    """Those who wanted the topic learn when it is dealt with."""

    key = "gatherings.topic_fixed"
    group = "mine"
    fact = facts.TimeFixed
    icon = "calendar-check"
    mail = True
    says = gettext_lazy("A topic you voted for is scheduled: “%(title)s”")

    def recipients(self, fact: facts.TimeFixed) -> Iterable[int]:
        """Those who voted for the topic; sharer and host are told otherwise."""
        topic = Gathering.objects.filter(pk=fact.gathering_id).values_list("topic_id", flat=True).first()
        return _voters(topic) - _leaders(fact.gathering_id)


def _voters(topic_id: int | None) -> set[int]:
    if topic_id is None:
        return set()
    return set(Vote.objects.filter(kind="topic", thing_id=topic_id).values_list("by_id", flat=True))


@offers_notification
class GatheringIsNew(AboutGathering):
    """Members who want to know everything learn of a gathering that has a time."""

    key = "gatherings.fixed"
    fact = facts.TimeFixed
    icon = "calendar"
    says = gettext_lazy("New gathering: “%(title)s”")

    def recipients(self, fact: facts.TimeFixed) -> Iterable[int]:
        """Those whose involvement is everything; a tea chat concerns two people only."""
        gathering = Gathering.objects.filter(pk=fact.gathering_id).first()
        if gathering is None or gathering.is_tea_chat:
            return []
        everybody = Membership.objects.filter(
            community=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        )
        told_otherwise = _voters(gathering.topic_id) | _coming(gathering.pk)
        return set(everybody.values_list("person_id", flat=True)) - told_otherwise


@offers_notification
class TimeIsFixed(NotificationType):
    """Whoever shares or is signed up learns when."""

    key = "gatherings.time"
    group = "gatherings"
    fact = (facts.TimeFixed, facts.GatheringMoved)
    icon = "calendar-check"
    calls = True
    mail = True

    def recipients(self, fact: facts.OfGathering) -> Iterable[int]:
        """Sharer, host, seats and waiting list."""
        return _coming(fact.gathering_id)

    def details(self, fact: facts.OfGathering) -> dict[str, Any]:
        """Whether it was moved."""
        return {"moved": isinstance(fact, facts.GatheringMoved)}

    def sentence(self, row: Any) -> Any:
        """Fixed or moved."""
        if row.details.get("moved"):
            return _said(_("“%(title)s” was rescheduled. Check the new time and place"), row)
        return _said(_("“%(title)s” has been scheduled"), row)

    def still_wanted(self, fact: facts.OfGathering) -> bool:
        """Not once it was called off."""
        return Gathering.objects.filter(pk=fact.gathering_id, state=Gathering.State.FIXED).exists()


@offers_notification
class GatheringIsCancelled(AboutGathering):
    """Whoever meant to come learns that it does not take place."""

    key = "gatherings.cancelled"
    group = "gatherings"
    fact = facts.Cancelled
    icon = "calendar"
    calls = True
    mail = True
    says = gettext_lazy("“%(title)s” was cancelled. See its page for the reason")

    def recipients(self, fact: facts.Cancelled) -> Iterable[int]:
        """Sharer, host, seats, waiting list, and invitations without answer."""
        asked = Invitation.objects.filter(gathering_id=fact.gathering_id).exclude(state=Invitation.State.DECLINED)
        return _coming(fact.gathering_id) | set(asked.values_list("person_id", flat=True))


@offers_notification
class YouHaveASeat(AboutGathering):
    """Somebody comes up from the waiting list."""

    key = "gatherings.promoted"
    group = "gatherings"
    fact = facts.SeatPromoted
    icon = "ticket"
    calls = True
    mail = True
    tells = "person_id"
    says = gettext_lazy("You have a seat: “%(title)s”")

    def still_wanted(self, fact: facts.SeatPromoted) -> bool:
        """Only while they have the seat and it takes place."""
        return Seat.objects.filter(
            gathering_id=fact.gathering_id,
            person_id=fact.person_id,
            waiting=False,
            gathering__state=Gathering.State.FIXED,
        ).exists()


@offers_notification
class ItIsSoon(NotificationType):
    """Two days and an hour before."""

    key = "gatherings.reminder"
    group = "gatherings"
    fact = facts.ReminderDue
    icon = "clock"
    mail = True

    def recipients(self, fact: facts.ReminderDue) -> Iterable[int]:
        """Sharer, host and seats; not the waiting list."""
        seats = Seat.objects.filter(gathering_id=fact.gathering_id, waiting=False)
        return _leaders(fact.gathering_id) | set(seats.values_list("person_id", flat=True))

    def details(self, fact: facts.ReminderDue) -> dict[str, Any]:
        """Which of the two."""
        return {"kind": fact.kind}

    def sentence(self, row: Any) -> Any:
        """How soon."""
        if row.details.get("kind") == Reminder.Kind.ONE_HOUR:
            return _said(_("In an hour: “%(title)s”"), row)
        return _said(_("In two days: “%(title)s”"), row)

    def still_wanted(self, fact: facts.ReminderDue) -> bool:
        """Only while it is ahead."""
        return Gathering.objects.coming().filter(pk=fact.gathering_id).exists()


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
        return _attendees(fact.gathering_id)


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


@offers_notification
class SomebodyAsks(NotificationType):
    """Sharer and host learn of questions asked before."""

    key = "gatherings.question"
    group = "gatherings"
    fact = facts.RoomQuestionAsked
    icon = "circle-question-mark"

    def recipients(self, fact: facts.RoomQuestionAsked) -> Iterable[int]:
        """Sharer and host, while it is ahead; in the room they see the queue."""
        gathering = Gathering.objects.filter(pk=fact.gathering_id).first()
        return _leaders(fact.gathering_id) if gathering is not None and not gathering.has_begun else []

    def sentence(self, row: Any) -> Any:
        """How many."""
        text = ngettext("%(count)s new question for “%(title)s”", "%(count)s new questions for “%(title)s”", row.count)
        return text % {"count": row.count, "title": row.title}


@offers_notification
class YourQuestionIsAnswered(AboutGathering):
    """Whoever asked under their name learns of a written answer."""

    key = "gatherings.question_answered"
    group = "mine"
    fact = facts.RoomQuestionChanged
    icon = "message-circle"
    says = gettext_lazy("Your question was answered at “%(title)s”")

    def recipients(self, fact: facts.RoomQuestionChanged) -> Iterable[int]:
        """The one who asked."""
        done = Question.objects.filter(pk=fact.question_id, state=Question.State.ANSWERED).exclude(answer="")
        return set(done.values_list("by_id", flat=True)) - {None}


@offers_notification
class FollowedPersonMeets(NotificationType):
    """Those who follow sharer or host learn of a gathering once it has a time; of one they missed, when it was held."""

    key = "gatherings.by_followed"
    group = "following"
    fact = (facts.TimeFixed, facts.Held)
    icon = "user-plus"
    by_the_way = True

    def recipients(self, fact: facts.TimeFixed | facts.Held) -> Iterable[int]:
        """Followers of sharer and host; tea is nobody else's matter."""
        if Gathering.objects.filter(pk=fact.gathering_id, format=Format.TEA_CHAT).exists():
            return []
        speakers = LightningTalk.objects.filter(gathering=fact.gathering_id, state=LightningTalk.State.ACCEPTED)
        return followers_among([*_leaders(fact.gathering_id), *speakers.values_list("speaker_id", flat=True)])

    def details(self, fact: facts.TimeFixed | facts.Held) -> dict[str, Any]:
        """Whether it is over."""
        return {"held": isinstance(fact, facts.Held)}

    def sentence(self, row: Any) -> Any:
        """What comes, or what was."""
        if row.details.get("held"):
            return _said(_("Someone you follow was at “%(title)s”: read what was said"), row)
        return _said(_("A gathering with someone you follow: “%(title)s”"), row)

    def still_wanted(self, fact: facts.TimeFixed | facts.Held) -> bool:
        """Not when it was cancelled."""
        return not Gathering.objects.filter(pk=fact.gathering_id, state=Gathering.State.CANCELLED).exists()
