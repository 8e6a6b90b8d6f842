"""A gathering has a time, changes it, is soon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.comments.models import Vote
from zhiliu.communities.models import Membership
from zhiliu.directory.following import followers_among
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .. import facts
from ..models import (
    Format,
    Gathering,
    Invitation,
    LightningTalk,
    Reminder,
    Seat,
)
from .common import AboutGathering, coming_to, leaders_of, what_was_said


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
        return _voters(topic) - leaders_of(fact.gathering_id)


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
        told_otherwise = _voters(gathering.topic_id) | coming_to(gathering.pk)
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
        return coming_to(fact.gathering_id)

    def details(self, fact: facts.OfGathering) -> dict[str, Any]:
        """Whether it was moved."""
        return {"moved": isinstance(fact, facts.GatheringMoved)}

    def sentence(self, row: Any) -> Any:
        """Fixed or moved."""
        if row.details.get("moved"):
            return what_was_said(_("“%(title)s” was rescheduled. Check the new time and place"), row)
        return what_was_said(_("“%(title)s” has been scheduled"), row)

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
        return coming_to(fact.gathering_id) | set(asked.values_list("person_id", flat=True))


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
        return leaders_of(fact.gathering_id) | set(seats.values_list("person_id", flat=True))

    def details(self, fact: facts.ReminderDue) -> dict[str, Any]:
        """Which of the two."""
        return {"kind": fact.kind}

    def sentence(self, row: Any) -> Any:
        """How soon."""
        if row.details.get("kind") == Reminder.Kind.ONE_HOUR:
            return what_was_said(_("In an hour: “%(title)s”"), row)
        return what_was_said(_("In two days: “%(title)s”"), row)

    def still_wanted(self, fact: facts.ReminderDue) -> bool:
        """Only while it is ahead."""
        return Gathering.objects.coming().filter(pk=fact.gathering_id).exists()


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
        return followers_among([*leaders_of(fact.gathering_id), *speakers.values_list("speaker_id", flat=True)])

    def details(self, fact: facts.TimeFixed | facts.Held) -> dict[str, Any]:
        """Whether it is over."""
        return {"held": isinstance(fact, facts.Held)}

    def sentence(self, row: Any) -> Any:
        """What comes, or what was."""
        if row.details.get("held"):
            return what_was_said(_("Someone you follow was at “%(title)s”: read what was said"), row)
        return what_was_said(_("A gathering with someone you follow: “%(title)s”"), row)

    def still_wanted(self, fact: facts.TimeFixed | facts.Held) -> bool:
        """Not when it was cancelled."""
        return not Gathering.objects.filter(pk=fact.gathering_id, state=Gathering.State.CANCELLED).exists()
