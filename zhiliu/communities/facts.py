"""What happens in and to communities."""

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
    """People became members, in one batch; ``by`` is who admitted them, or the one who joined.

    ``way`` says how they came, ``waited`` that a place got free for them.
    """

    administrative = pgettext_lazy("audit", "Members added")
    person_ids: tuple[int, ...]
    way: str = ""
    waited: bool = False

    def is_administrative(self) -> bool:
        """What somebody does to themselves is not."""
        return self.person_ids != (self.by_id,)


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Fact, name="communities.member_left"):
    """A member left or was removed."""

    administrative = pgettext_lazy("audit", "Member removed")
    person_id: int

    def is_administrative(self) -> bool:
        """What somebody does to themselves is not."""
        return self.person_id != self.by_id


@dataclass(frozen=True, kw_only=True)
class MembersLeft(Fact, name="communities.members_left"):
    """Members were taken out in one batch: the community's rule fits them no more, or they left the organisation."""

    administrative = pgettext_lazy("audit", "Members removed")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingBegan(Fact, name="communities.waiting_began"):
    """People would be members, in one batch, but the community is full: they wait for a place."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingEnded(Fact, name="communities.waiting_ended"):
    """Somebody does not wait for a place any more."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class AdmissionRuleSet(Fact, name="communities.admission_rule_set"):
    """The rule by which a community admits its members was written or changed."""

    administrative = pgettext_lazy("audit", "Membership rule changed")
    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class PeopleInvited(Fact, name="communities.people_invited"):
    """People were invited into a community, in one batch; each may say yes or no."""

    administrative = pgettext_lazy("audit", "People invited")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(Fact, name="communities.invitation_declined"):
    """Somebody said no to an invitation."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationTakenBack(Fact, name="communities.invitation_taken_back"):
    """An invitation without answer was taken back."""

    administrative = pgettext_lazy("audit", "Invitation withdrawn")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationLinkMade(Fact, name="communities.invitation_link_made"):
    """A link into a community was made."""

    administrative = pgettext_lazy("audit", "Invitation link created")
    link_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationLinkRevoked(Fact, name="communities.invitation_link_revoked"):
    """A link into a community was revoked: nobody comes in by it any more."""

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
    """Somebody asked to join."""

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
    """An announcement was made."""

    about = ("announcement", "announcement_id")
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class AnnouncementReminded(Fact, name="communities.announcement_reminded"):
    """Those who have not read an announcement are to be reminded."""

    about = ("announcement", "announcement_id")
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class HomeArranged(Fact, name="communities.home_changed"):
    """The home page of a community was arranged: an order, a section shown or hidden, a text of its own."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class OccasionSet(Fact, name="communities.occasion_set"):
    """An occasion was entered into a community's calendar, changed, or (``removed``) taken out."""

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
    """A community (``source_id``) went into another one, in which this happened."""

    administrative = pgettext_lazy("audit", "Communities merged")
    about = ("community", "community_id")
    merge_or_split_id: int
    source_id: int


@dataclass(frozen=True, kw_only=True)
class CommunitySplit(Fact, name="communities.community_split"):
    """A new community (``target_id``) was made out of a part of the one in which this happened."""

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
    """A community has come to have more members than is useful."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class CommunityAsleep(Fact, name="communities.community_asleep"):
    """Nothing has happened in a community for a long time."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class OpeningsPlanned(Fact, name="communities.openings_planned"):
    """Communities below one were planned, each with the moment it opens, in one batch."""

    administrative = pgettext_lazy("audit", "Openings planned")
    opening_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OpeningMoved(Fact, name="communities.opening_moved"):
    """A planned community opens at another moment."""

    administrative = pgettext_lazy("audit", "Opening rescheduled")
    opening_id: int


@dataclass(frozen=True, kw_only=True)
class PreparedAnnouncementsChanged(Fact, name="communities.prepared_announcements_changed"):
    """What goes out around an opening was changed."""

    opening_id: int


@dataclass(frozen=True, kw_only=True)
class CommunityOpened(Fact, name="communities.community_opened"):
    """A planned community opened; ``by`` is empty where its moment had come."""

    administrative = pgettext_lazy("audit", "Community opened")
    about = ("community", "community_id")
