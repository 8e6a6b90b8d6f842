"""Notifications about invitations of sharers and speakers, and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.communities.models import Membership
from zhiliu.communities.role_permissions import Role
from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification
from zhiliu.needs.models import Topic

from .. import facts
from ..models import (
    Format,
    Gathering,
    Invitation,
    LightningTalk,
    Offer,
)
from .common import AboutGathering, leaders_of, what_was_said


@offers_notification
class YouAreInvited(NotificationType):
    """Someone is invited to share."""

    key = "gatherings.invited"
    group = "mine"
    fact = facts.SharerInvited
    icon = "mail"
    calls = True
    mail = True
    tells = "person_id"

    def details(self, fact: facts.SharerInvited) -> dict[str, Any]:
        """Store whether it is a tea chat."""
        tea = Gathering.objects.filter(pk=fact.gathering_id, format="tea_chat").exists()
        return {"tea": tea}

    def sentence(self, row: Any) -> Any:
        """Return the text for a talk or a tea chat."""
        if row.details.get("tea"):
            return what_was_said(_("%(who)s invites you to a tea chat: “%(title)s”"), row)
        return what_was_said(_("%(who)s invites you to speak: “%(title)s”"), row)

    def still_wanted(self, fact: facts.SharerInvited) -> bool:
        """Return whether it is unanswered."""
        return Invitation.objects.filter(pk=fact.invitation_id, state=Invitation.State.WAITING).exists()


@offers_notification
class YouAreAskedToSpeak(AboutGathering):
    """Someone is asked to give a lightning talk."""

    key = "gatherings.speaker_asked"
    group = "mine"
    fact = facts.SpeakerAsked
    icon = "mail"
    calls = True
    mail = True
    tells = "person_id"
    says = gettext_lazy("%(who)s invites you to give a lightning talk at “%(title)s”")

    def still_wanted(self, fact: facts.SpeakerAsked) -> bool:
        """Return whether it is unanswered and still in the order."""
        return LightningTalk.objects.filter(pk=fact.talk_id, state=LightningTalk.State.WAITING).exists()


@offers_notification
class SpeakerHasAnswered(NotificationType):
    """The host learns whether a speaker comes."""

    key = "gatherings.speaker_answered"
    group = "mine"
    fact = facts.SpeakerAnswered
    icon = "mail"

    def recipients(self, fact: facts.SpeakerAnswered) -> Iterable[int]:
        """Return whoever asked, and the host."""
        by = LightningTalk.objects.filter(pk=fact.talk_id).values_list("by_id", flat=True)
        host = Gathering.objects.filter(pk=fact.gathering_id).values_list("host_id", flat=True)
        return {*by, *host} - {None}

    def details(self, fact: facts.SpeakerAnswered) -> dict[str, Any]:
        """Store the answer."""
        return {"yes": fact.yes}

    def sentence(self, row: Any) -> Any:
        """Return the text for yes or no."""
        if row.details.get("yes"):
            return what_was_said(_("%(who)s will give a lightning talk at “%(title)s”"), row)
        return what_was_said(_("%(who)s can’t speak at “%(title)s”"), row)


@offers_notification
class InvitationIsAnswered(NotificationType):
    """The host is notified of the answer of an invited sharer."""

    key = "gatherings.invitation_answered"
    group = "mine"
    fact = facts.InvitationAnswered
    icon = "mail"
    calls = True
    mail = True

    def recipients(self, fact: facts.InvitationAnswered) -> Iterable[int]:
        """Return whoever invited, and the host."""
        by = Invitation.objects.filter(pk=fact.invitation_id).values_list("by_id", flat=True)
        host = Gathering.objects.filter(pk=fact.gathering_id).values_list("host_id", flat=True)
        return {*by, *host} - {None}

    def details(self, fact: facts.InvitationAnswered) -> dict[str, Any]:
        """Store the answer."""
        return {"answer": fact.answer}

    def sentence(self, row: Any) -> Any:
        """Return the text for yes, no or other times."""
        answer = row.details.get("answer")
        if answer == Invitation.State.ACCEPTED:
            return what_was_said(_("%(who)s is coming: “%(title)s”"), row)
        if answer == Invitation.State.COUNTERED:
            return what_was_said(_("%(who)s proposed other times for “%(title)s”"), row)
        return what_was_said(_("%(who)s can’t come: “%(title)s”"), row)


@offers_notification
class LeaderHasLeft(NotificationType):
    """A sharer, host or deposit owner has left and is to be replaced."""

    key = "gatherings.leader_left"
    group = "mine"
    fact = facts.LeaderLeft
    icon = "user-x"
    calls = True
    mail = True

    def recipients(self, fact: facts.LeaderLeft) -> Iterable[int]:
        """Return the other one of sharer and host, and managers and leaders, except for tea chats."""
        others = leaders_of(fact.gathering_id) - {fact.by_id}
        if Gathering.objects.filter(pk=fact.gathering_id, format=Format.TEA_CHAT).exists():
            return others
        run = Membership.objects.filter(community=fact.community_id or 0, role__in=[Role.MANAGER, Role.LEADER])
        return others | set(run.values_list("person_id", flat=True))

    def details(self, fact: facts.LeaderLeft) -> dict[str, Any]:
        """Store the roles they had."""
        return {"sharer": fact.sharer, "host": fact.host, "deposit": fact.deposit}

    def sentence(self, row: Any) -> Any:
        """Return the text for the missing role."""
        if row.details.get("deposit"):
            return what_was_said(_("%(who)s has left: no one is writing up “%(title)s”"), row)
        if row.details.get("sharer") and row.details.get("host"):
            return what_was_said(_("%(who)s has left: “%(title)s” has no speaker or host"), row)
        if row.details.get("host"):
            return what_was_said(_("%(who)s has left: “%(title)s” has no host"), row)
        return what_was_said(_("%(who)s has left: “%(title)s” has no speaker"), row)

    def still_wanted(self, fact: facts.LeaderLeft) -> bool:
        """Return whether a role is still vacant."""
        missing = Q(sharer=None) if fact.sharer else Q(pk=None)
        missing |= Q(host=None) if fact.host else Q(pk=None)
        missing |= Q(deposit__owner=None) if fact.deposit else Q(pk=None)
        standing = Gathering.objects.exclude(state=Gathering.State.CANCELLED)
        return standing.filter(missing, pk=fact.gathering_id).exists()


@offers_notification
class OfferIsMade(AboutGathering):
    """The author of a topic is notified of an offer to share."""

    key = "gatherings.offer"
    group = "mine"
    fact = facts.OfferMade
    icon = "hand"
    calls = True
    says = gettext_lazy("%(who)s offers to speak about “%(title)s”")

    def recipients(self, fact: facts.OfferMade) -> Iterable[int]:
        """Return the author of the topic, while the offer stands."""
        if not Offer.objects.filter(pk=fact.offer_id).exists():
            return []
        return set(Topic.objects.filter(pk=fact.topic_id).values_list("by_id", flat=True)) - {None}
