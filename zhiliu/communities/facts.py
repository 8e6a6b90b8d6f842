"""Facts about communities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CommunityStarted(Fact, name="communities.community_started"):
    """A community was started."""

    administrative = pgettext_lazy("audit", "Community created")
    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class CommunityChanged(Fact, name="communities.community_changed"):
    """Name, purpose, visibility or another setting of a community changed."""

    administrative = pgettext_lazy("audit", "Community settings changed")
    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class MembersJoined(Fact, name="communities.members_joined"):
    """People became members, in one batch; ``by`` is who admitted them, or the person who joined.

    ``way`` is the join method; ``waited`` says that they came from the waiting list.
    """

    administrative = pgettext_lazy("audit", "Members added")
    person_ids: tuple[int, ...]
    way: str = ""
    waited: bool = False

    def is_administrative(self) -> bool:
        """An act on oneself is not administrative."""
        return self.person_ids != (self.by_id,)


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Fact, name="communities.member_left"):
    """A member left or was removed."""

    administrative = pgettext_lazy("audit", "Member removed")
    person_id: int

    def is_administrative(self) -> bool:
        """An act on oneself is not administrative."""
        return self.person_id != self.by_id


@dataclass(frozen=True, kw_only=True)
class MembersLeft(Fact, name="communities.members_left"):
    """Members were removed in one batch: the admission rule no longer fits them, or they left the organisation."""

    administrative = pgettext_lazy("audit", "Members removed")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingBegan(Fact, name="communities.waiting_began"):
    """People were put on the waiting list in one batch, because the community is full."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingEnded(Fact, name="communities.waiting_ended"):
    """A person left the waiting list."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class AdmissionRuleSet(Fact, name="communities.admission_rule_set"):
    """The admission rule of a community was set or changed."""

    administrative = pgettext_lazy("audit", "Membership rule changed")
    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class PeopleInvited(Fact, name="communities.people_invited"):
    """People were invited into a community, in one batch; each can accept or decline."""

    administrative = pgettext_lazy("audit", "People invited")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(Fact, name="communities.invitation_declined"):
    """A person declined an invitation."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationTakenBack(Fact, name="communities.invitation_taken_back"):
    """An open invitation was withdrawn."""

    administrative = pgettext_lazy("audit", "Invitation withdrawn")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationLinkMade(Fact, name="communities.invitation_link_made"):
    """An invitation link was created."""

    administrative = pgettext_lazy("audit", "Invitation link created")
    link_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationLinkRevoked(Fact, name="communities.invitation_link_revoked"):
    """An invitation link was revoked."""

    administrative = pgettext_lazy("audit", "Invitation link revoked")
    link_id: int


@dataclass(frozen=True, kw_only=True)
class RoleGiven(Fact, name="communities.role_given"):
    """A member was given a role."""

    administrative = pgettext_lazy("audit", "Role given")
    person_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class JoinRequested(Fact, name="communities.join_requested"):
    """A person asked to join."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class JoinDecided(Fact, name="communities.join_decided"):
    """A request to join was decided."""

    administrative = pgettext_lazy("audit", "Request to join decided")
    request_id: int
    person_id: int
    admitted: bool


@dataclass(frozen=True, kw_only=True)
class RulebookSet(Fact, name="communities.rulebook_set"):
    """A new version of a community's rules is in force."""

    administrative = pgettext_lazy("audit", "Rules changed")
    rulebook_id: int


@dataclass(frozen=True, kw_only=True)
class RulebookAccepted(Fact, name="communities.rulebook_accepted"):
    """A member accepted a version of the rules."""

    rulebook_id: int


@dataclass(frozen=True, kw_only=True)
class Announced(Fact, name="communities.announcement_published"):
    """An announcement was published."""

    about = ("announcement", "announcement_id")
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class AnnouncementReminded(Fact, name="communities.announcement_reminded"):
    """Members who have not read an announcement are reminded."""

    about = ("announcement", "announcement_id")
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class HomeArranged(Fact, name="communities.home_changed"):
    """The home page of a community was arranged: blocks moved, shown or hidden, or a text changed."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class OccasionSet(Fact, name="communities.occasion_set"):
    """An occasion was added to a community's calendar, changed, or (``removed``) removed."""

    about = ("community", "community_id")
    occasion_id: int
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class PhaseChanged(Fact, name="communities.phase_changed"):
    """A community was opened, put to rest, archived or revived."""

    administrative = pgettext_lazy("audit", "Phase of a community changed")
    about = ("community", "community_id")
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class CommunitiesMerged(Fact, name="communities.communities_merged"):
    """A community (``source_id``) was merged into the one this fact belongs to."""

    administrative = pgettext_lazy("audit", "Communities merged")
    about = ("community", "community_id")
    merge_or_split_id: int
    source_id: int


@dataclass(frozen=True, kw_only=True)
class CommunitySplit(Fact, name="communities.community_split"):
    """A new community (``target_id``) was split off from the one this fact belongs to."""

    administrative = pgettext_lazy("audit", "Community split")
    about = ("community", "target_id")
    merge_or_split_id: int
    target_id: int


@dataclass(frozen=True, kw_only=True)
class MergeOrSplitUndone(Fact, name="communities.merge_or_split_undone"):
    """A merge or split was undone."""

    administrative = pgettext_lazy("audit", "Merge or split undone")
    about = ("community", "community_id")
    merge_or_split_id: int


@dataclass(frozen=True, kw_only=True)
class CommunityOutgrown(Fact, name="communities.community_outgrown"):
    """A community has more members than is useful."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class CommunityAsleep(Fact, name="communities.community_asleep"):
    """Nothing has happened in a community for a long time."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class OpeningsPlanned(Fact, name="communities.openings_planned"):
    """Sub-communities were planned in one batch, each with its opening time."""

    administrative = pgettext_lazy("audit", "Openings planned")
    opening_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OpeningMoved(Fact, name="communities.opening_moved"):
    """The opening time of a planned community changed."""

    administrative = pgettext_lazy("audit", "Opening rescheduled")
    opening_id: int


@dataclass(frozen=True, kw_only=True)
class PreparedAnnouncementsChanged(Fact, name="communities.prepared_announcements_changed"):
    """The announcements around an opening were changed."""

    opening_id: int


@dataclass(frozen=True, kw_only=True)
class CommunityOpened(Fact, name="communities.community_opened"):
    """A planned community opened; ``by`` is None for automatic openings."""

    administrative = pgettext_lazy("audit", "Community opened")
    about = ("community", "community_id")
