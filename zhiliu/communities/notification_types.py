"""Notifications about communities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiliu.kit.contracts.notification_types import NotificationType, offers_notification

from .facts import (
    Announced,
    AnnouncementReminded,
    CommunityAsleep,
    CommunityOpened,
    CommunityOutgrown,
    InvitationTakenBack,
    JoinDecided,
    JoinRequested,
    MembersJoined,
    MembersLeft,
    PeopleInvited,
    RulebookSet,
    WaitingBegan,
)
from .models import Announcement, Consent, Invitation, JoinRequest, Membership, Receipt, WaitingPlace
from .role_permissions import MAY, JoinMethod, Permission, Role


@offers_notification
class AnnouncementMade(NotificationType):
    """Members are notified of an announcement."""

    key = "communities.announcement_published"
    fact = Announced
    icon = "megaphone"
    says = gettext_lazy("Announcement: %(title)s")

    def recipients(self, fact: Announced) -> Iterable[int]:
        """Return all members who want any notifications."""
        members = Membership.objects.filter(community_id=fact.community_id or 0)
        return members.exclude(involvement=Membership.Involvement.NOTHING).values_list("person_id", flat=True)


@offers_notification
class AnnouncementUnread(NotificationType):
    """Members who have not read an announcement are reminded."""

    key = "communities.reminded"
    group = "mine"
    fact = AnnouncementReminded
    icon = "megaphone"
    calls = True
    mail = True
    says = gettext_lazy("Not read yet: %(title)s")

    def recipients(self, fact: AnnouncementReminded) -> Iterable[int]:
        """Return members without a receipt."""
        read = Receipt.objects.filter(announcement_id=fact.announcement_id).values("person_id")
        members = Membership.objects.filter(community_id=fact.community_id or 0).exclude(person_id__in=read)
        return members.values_list("person_id", flat=True)

    def still_wanted(self, fact: AnnouncementReminded) -> bool:
        """Only while the announcement exists."""
        return Announcement.objects.filter(pk=fact.announcement_id).exists()


@offers_notification
class SomebodyWantsToJoin(NotificationType):
    """People who may admit are notified of a request to join."""

    key = "communities.join_requested"
    group = "mine"
    fact = JoinRequested
    icon = "user-plus"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s wants to join “%(title)s”")

    def recipients(self, fact: JoinRequested) -> Iterable[int]:
        """Return everyone whose role may admit."""
        roles = [role for role, acts in MAY.items() if Permission.ADMIT in acts]
        members = Membership.objects.filter(community_id=fact.community_id or 0, role__in=roles)
        return members.values_list("person_id", flat=True)

    def thing(self, fact: JoinRequested) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


@offers_notification
class JoinWasDecided(NotificationType):
    """A person who asked to join is notified of the decision."""

    key = "communities.join_decided"
    group = "mine"
    fact = JoinDecided
    icon = "user-plus"
    calls = True
    mail = True
    tells = "person_id"

    def thing(self, fact: JoinDecided) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None

    def details(self, fact: JoinDecided) -> dict[str, Any]:
        """Store the decision."""
        places = WaitingPlace.objects.filter(community_id=fact.community_id or 0, person_id=fact.person_id)
        return {"admitted": fact.admitted, "waits": fact.admitted and places.exists()}

    def sentence(self, row: Any) -> Any:
        """Return the sentence for yes, for yes as soon as there is a place, or for no."""
        if row.details.get("waits"):
            return _("“%(title)s” accepted you, but is full: you are on the waiting list") % {"title": row.title}
        if row.details.get("admitted"):
            return _("You are now a member of “%(title)s”") % {"title": row.title}
        return _("“%(title)s” declined your request to join") % {"title": row.title}


@offers_notification
class AddedToCommunity(NotificationType):
    """A person who was added by someone else is notified."""

    key = "communities.added"
    group = "mine"
    fact = MembersJoined
    icon = "users"
    mail = True

    def recipients(self, fact: MembersJoined) -> Iterable[int]:
        """Return those added by another person or from the waiting list; for other automatic batches nobody."""
        return fact.person_ids if fact.by_id or fact.waited else []

    def details(self, fact: MembersJoined) -> dict[str, Any]:
        """Store whether they came from the waiting list."""
        return {"waited": fact.waited}

    def thing(self, fact: MembersJoined) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None

    def sentence(self, row: Any) -> Any:
        """Return who added them, and to which community."""
        if row.details.get("waited"):
            return _("A place in “%(title)s” opened up: you are now a member") % {"title": row.title}
        return _("%(who)s added you to “%(title)s”") % {"who": row.who, "title": row.title}


@offers_notification
class AddedByRule(NotificationType):
    """A person who was added by the admission rule is notified; not by mail, as a new rule can add thousands."""

    key = "communities.added_by_rule"
    group = "mine"
    fact = MembersJoined
    icon = "users"
    says = gettext_lazy("You are now a member of “%(title)s”: you match its rule")

    def recipients(self, fact: MembersJoined) -> Iterable[int]:
        """Return those whom the rule added without any person's act."""
        return fact.person_ids if fact.way == JoinMethod.RULE and not fact.by_id else []

    def thing(self, fact: MembersJoined) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


@offers_notification
class InvitedToCommunity(NotificationType):
    """An invited person is notified and can accept or decline."""

    key = "communities.invited"
    group = "mine"
    fact = PeopleInvited
    icon = "user-plus"
    calls = True
    mail = True
    says = gettext_lazy("%(who)s invites you to “%(title)s”")

    def recipients(self, fact: PeopleInvited) -> Iterable[int]:
        """Return those who have not answered yet."""
        rows = Invitation.objects.filter(community_id=fact.community_id or 0, person__in=fact.person_ids, answer="")
        return rows.values_list("person_id", flat=True)

    def thing(self, fact: PeopleInvited) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


@offers_notification
class InvitationGone(NotificationType):
    """An invited person is notified that the invitation was withdrawn."""

    key = "communities.invitation_gone"
    group = "mine"
    fact = InvitationTakenBack
    icon = "user-plus"
    says = gettext_lazy("The invitation to “%(title)s” was withdrawn")

    def recipients(self, fact: InvitationTakenBack) -> Iterable[int]:
        """Return the invited person, unless they were invited again or are a member."""
        again = Invitation.objects.filter(community_id=fact.community_id or 0, person=fact.person_id)
        return [] if again.exists() else [fact.person_id]

    def thing(self, fact: InvitationTakenBack) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


@offers_notification
class WaitsForAPlace(NotificationType):
    """A person whom the rule or someone else put on the waiting list is notified."""

    key = "communities.waiting"
    group = "mine"
    fact = WaitingBegan
    icon = "clock"
    says = gettext_lazy("“%(title)s” is full: you are on the waiting list")

    def recipients(self, fact: WaitingBegan) -> Iterable[int]:
        """Return those still waiting, except people who asked to join: the decision notifies them."""
        asked = JoinRequest.objects.filter(community_id=fact.community_id or 0).values("person_id")
        rows = WaitingPlace.objects.filter(community_id=fact.community_id or 0, person__in=fact.person_ids)
        return rows.exclude(person_id__in=asked).values_list("person_id", flat=True)

    def thing(self, fact: WaitingBegan) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


@offers_notification
class LeftByRule(NotificationType):
    """A person who was removed because the rule no longer fits is notified."""

    key = "communities.left_by_rule"
    group = "mine"
    fact = MembersLeft
    icon = "users"
    tells = "person_ids"
    says = gettext_lazy("You are no longer a member of “%(title)s”: you no longer match its rule")

    def thing(self, fact: MembersLeft) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


@offers_notification
class RulesChanged(NotificationType):
    """Members are notified of new rules to accept."""

    key = "communities.rules"
    group = "mine"
    fact = RulebookSet
    icon = "shield"
    says = gettext_lazy("“%(title)s” has new rules. Read and accept them.")

    def recipients(self, fact: RulebookSet) -> Iterable[int]:
        """Return members who have not accepted this version."""
        accepted = Consent.objects.filter(rulebook_id=fact.rulebook_id).values("person_id")
        members = Membership.objects.filter(community_id=fact.community_id or 0).exclude(person_id__in=accepted)
        return members.values_list("person_id", flat=True)

    def thing(self, fact: RulebookSet) -> tuple[str, int] | None:
        """Return the community."""
        return ("community", fact.community_id) if fact.community_id else None


def _keepers(fact: Any) -> Iterable[int]:
    """Return those who may archive the community of a fact."""
    roles = [role for role, acts in MAY.items() if Permission.ARCHIVE in acts]
    members = Membership.objects.filter(community_id=fact.community_id or 0, role__in=roles)
    return members.values_list("person_id", flat=True)


@offers_notification
class HasOutgrown(NotificationType):
    """Managers of a large community are asked whether it should be split."""

    key = "communities.outgrown"
    group = "mine"
    fact = CommunityOutgrown
    icon = "users"
    calls = True
    says = gettext_lazy("“%(title)s” has grown large. Would two smaller ones be livelier?")

    def recipients(self, fact: CommunityOutgrown) -> Iterable[int]:
        """Return those who may decide."""
        return _keepers(fact)


@offers_notification
class HasFallenAsleep(NotificationType):
    """Managers of a silent community are asked what should become of it."""

    key = "communities.asleep"
    group = "mine"
    fact = CommunityAsleep
    icon = "moon"
    calls = True
    says = gettext_lazy("“%(title)s” has been quiet for two months. Revive it, merge it, or make it dormant.")

    def recipients(self, fact: CommunityAsleep) -> Iterable[int]:
        """Return those who may decide."""
        return _keepers(fact)


@offers_notification
class OpenedNow(NotificationType):
    """People who prepared a community are notified that it has opened."""

    key = "communities.opened"
    group = "mine"
    fact = CommunityOpened
    icon = "users"
    says = gettext_lazy("“%(title)s” is open now")

    def recipients(self, fact: CommunityOpened) -> Iterable[int]:
        """Return its managers and leaders."""
        rows = Membership.objects.filter(community_id=fact.community_id or 0, role__in=(Role.MANAGER, Role.LEADER))
        return rows.values_list("person_id", flat=True)
