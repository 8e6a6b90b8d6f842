"""Notifications about fixed, moved, cancelled and upcoming gatherings."""

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
from .common import AboutGathering, coming_to, ids_of_invited, leaders_of, what_was_said, who_may_come_to


@offers_notification
class TopicHasATime(AboutGathering):
    """Voters of a topic are notified when its gathering has a time."""

    key = "gatherings.topic_fixed"
    group = "mine"
    fact = facts.TimeFixed
    icon = "calendar-check"
    mail = True
    says = gettext_lazy("A topic you voted for is scheduled: “%(title)s”")

    def recipients(self, fact: facts.TimeFixed) -> Iterable[int]:
        """Return the topic's voters; sharer and host get another notification."""
        topic = Gathering.objects.filter(pk=fact.gathering_id).values_list("topic_id", flat=True).first()
        return _voters(topic) - leaders_of(fact.gathering_id) - ids_of_invited(fact.gathering_id)


def _voters(topic_id: int | None) -> set[int]:
    if topic_id is None:
        return set()
    return set(Vote.objects.filter(kind="topic", thing_id=topic_id).values_list("by_id", flat=True))


@offers_notification
class GatheringIsNew(AboutGathering):
    """Members with full involvement are notified of a newly scheduled gathering."""

    key = "gatherings.fixed"
    fact = facts.TimeFixed
    icon = "calendar"
    says = gettext_lazy("New gathering: “%(title)s”")

    def recipients(self, fact: facts.TimeFixed) -> Iterable[int]:
        """Return members whose involvement is everything; a tea chat concerns only two people."""
        gathering = Gathering.objects.filter(pk=fact.gathering_id).first()
        if gathering is None or gathering.is_tea_chat:
            return []
        everybody = Membership.objects.filter(
            community=fact.community_id or 0, involvement=Membership.Involvement.EVERYTHING
        )
        told_otherwise = _voters(gathering.topic_id) | coming_to(gathering.pk) | ids_of_invited(gathering.pk)
        return set(everybody.values_list("person_id", flat=True)) - told_otherwise


@offers_notification
class TimeIsFixed(NotificationType):
    """Attendees are notified of the time of a gathering, and of changes."""

    key = "gatherings.time"
    group = "gatherings"
    fact = (facts.TimeFixed, facts.GatheringMoved)
    icon = "calendar-check"
    calls = True
    mail = True

    def recipients(self, fact: facts.OfGathering) -> Iterable[int]:
        """Return sharer, host, seats and waiting list; who is invited learns of a move, too."""
        moved = isinstance(fact, facts.GatheringMoved)
        return coming_to(fact.gathering_id) | (who_may_come_to(fact.gathering_id) if moved else set())

    def details(self, fact: facts.OfGathering) -> dict[str, Any]:
        """Store whether it was moved."""
        return {"moved": isinstance(fact, facts.GatheringMoved)}

    def sentence(self, row: Any) -> Any:
        """Return the text for fixed or moved."""
        if row.details.get("moved"):
            return what_was_said(_("“%(title)s” was rescheduled. Check the new time and place"), row)
        return what_was_said(_("“%(title)s” has been scheduled"), row)

    def still_wanted(self, fact: facts.OfGathering) -> bool:
        """Return whether it is still scheduled."""
        return Gathering.objects.filter(pk=fact.gathering_id, state=Gathering.State.FIXED).exists()


@offers_notification
class GatheringIsCancelled(AboutGathering):
    """Everybody involved is notified that a gathering is cancelled."""

    key = "gatherings.cancelled"
    group = "gatherings"
    fact = facts.Cancelled
    icon = "calendar"
    calls = True
    mail = True
    says = gettext_lazy("“%(title)s” was cancelled. See its page for the reason")

    def recipients(self, fact: facts.Cancelled) -> Iterable[int]:
        """Return sharer, host, seats, waiting list, people asked to share, and who may attend."""
        invitations = Invitation.objects.filter(gathering_id=fact.gathering_id).exclude(state=Invitation.State.DECLINED)
        asked = set(invitations.values_list("person_id", flat=True))
        return coming_to(fact.gathering_id) | asked | who_may_come_to(fact.gathering_id)


@offers_notification
class YouHaveASeat(AboutGathering):
    """Someone moves up from the waiting list."""

    key = "gatherings.promoted"
    group = "gatherings"
    fact = facts.SeatPromoted
    icon = "ticket"
    calls = True
    mail = True
    tells = "person_id"
    says = gettext_lazy("You have a seat: “%(title)s”")

    def still_wanted(self, fact: facts.SeatPromoted) -> bool:
        """Return whether they still have the seat and it takes place."""
        return Seat.objects.filter(
            gathering_id=fact.gathering_id,
            person_id=fact.person_id,
            waiting=False,
            gathering__state=Gathering.State.FIXED,
        ).exists()


@offers_notification
class ItIsSoon(NotificationType):
    """A reminder two days and one hour before."""

    key = "gatherings.reminder"
    group = "gatherings"
    fact = facts.ReminderDue
    icon = "clock"
    mail = True

    def recipients(self, fact: facts.ReminderDue) -> Iterable[int]:
        """Return sharer, host and seats, without the waiting list."""
        seats = Seat.objects.filter(gathering_id=fact.gathering_id, waiting=False)
        return leaders_of(fact.gathering_id) | set(seats.values_list("person_id", flat=True))

    def details(self, fact: facts.ReminderDue) -> dict[str, Any]:
        """Store which reminder it is."""
        return {"kind": fact.kind}

    def sentence(self, row: Any) -> Any:
        """Return the text for the remaining time."""
        if row.details.get("kind") == Reminder.Kind.ONE_HOUR:
            return what_was_said(_("In an hour: “%(title)s”"), row)
        return what_was_said(_("In two days: “%(title)s”"), row)

    def still_wanted(self, fact: facts.ReminderDue) -> bool:
        """Return whether it is still ahead."""
        return Gathering.objects.coming().filter(pk=fact.gathering_id).exists()


@offers_notification
class FollowedPersonMeets(NotificationType):
    """Followers of sharer, host or speakers are notified once it has a time, or is held if they missed that."""

    key = "gatherings.by_followed"
    group = "following"
    fact = (facts.TimeFixed, facts.Held)
    icon = "user-plus"
    by_the_way = True

    def recipients(self, fact: facts.TimeFixed | facts.Held) -> Iterable[int]:
        """Return the followers of sharer, host and speakers; tea chats have none."""
        if Gathering.objects.filter(pk=fact.gathering_id, format=Format.TEA_CHAT).exists():
            return []
        speakers = LightningTalk.objects.filter(gathering=fact.gathering_id, state=LightningTalk.State.ACCEPTED)
        return followers_among([*leaders_of(fact.gathering_id), *speakers.values_list("speaker_id", flat=True)])

    def details(self, fact: facts.TimeFixed | facts.Held) -> dict[str, Any]:
        """Store whether it was held."""
        return {"held": isinstance(fact, facts.Held)}

    def sentence(self, row: Any) -> Any:
        """Return the text for a coming or held gathering."""
        if row.details.get("held"):
            return what_was_said(_("Someone you follow was at “%(title)s”: read what was said"), row)
        return what_was_said(_("A gathering with someone you follow: “%(title)s”"), row)

    def still_wanted(self, fact: facts.TimeFixed | facts.Held) -> bool:
        """Return whether it was not cancelled."""
        return not Gathering.objects.filter(pk=fact.gathering_id, state=Gathering.State.CANCELLED).exists()
