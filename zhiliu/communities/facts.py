"""What happens in and to communities."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CommunityStarted(Fact):
    """A community was started."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class CommunityChanged(Fact):
    """Name, purpose, visibility or another setting of a community changed."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class MembersJoined(Fact):
    """People became members, in one batch; ``by`` is who admitted them, or the one who joined.

    ``way`` says how they came, ``waited`` that a place got free for them.
    """

    person_ids: tuple[int, ...]
    way: str = ""
    waited: bool = False


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Fact):
    """A member left or was removed."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class MembersLeft(Fact):
    """Members were taken out in one batch: the community's rule fits them no more, or they left the organisation."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingBegan(Fact):
    """People would be members, in one batch, but the community is full: they wait for a place."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WaitingEnded(Fact):
    """Somebody does not wait for a place any more."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class AdmissionRuleSet(Fact):
    """The rule by which a community admits its members was written or changed."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class PeopleInvited(Fact):
    """People were invited into a community, in one batch; each may say yes or no."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(Fact):
    """Somebody said no to an invitation."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationLinkMade(Fact):
    """A link into a community was made."""

    link_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationLinkRevoked(Fact):
    """A link into a community was revoked: nobody comes in by it any more."""

    link_id: int


@dataclass(frozen=True, kw_only=True)
class RoleGiven(Fact):
    """A member was given a role."""

    person_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class JoinRequested(Fact):
    """Somebody asked to join."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class JoinDecided(Fact):
    """A request to join was decided."""

    request_id: int
    person_id: int
    admitted: bool


@dataclass(frozen=True, kw_only=True)
class RulebookSet(Fact):
    """A new version of a community's rules is in force."""

    rulebook_id: int


@dataclass(frozen=True, kw_only=True)
class RulebookAccepted(Fact):
    """A member accepted a version of the rules."""

    rulebook_id: int


@dataclass(frozen=True, kw_only=True)
class Announced(Fact):
    """An announcement was made."""

    about = ("announcement", "announcement_id")
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class AnnouncementReminded(Fact):
    """Those who have not read an announcement are to be reminded."""

    about = ("announcement", "announcement_id")
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class HomeArranged(Fact):
    """The home page of a community was arranged: an order, a section shown or hidden, a text of its own."""

    about = ("community", "community_id")


@dataclass(frozen=True, kw_only=True)
class OccasionSet(Fact):
    """An occasion was entered into a community's calendar, changed, or (``removed``) taken out."""

    about = ("community", "community_id")
    occasion_id: int
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class OpeningsPlanned(Fact):
    """Communities below one were planned, each with the moment it opens, in one batch."""

    opening_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OpeningMoved(Fact):
    """A planned community opens at another moment."""

    opening_id: int


@dataclass(frozen=True, kw_only=True)
class PreparedAnnouncementsChanged(Fact):
    """What goes out around an opening was changed."""

    opening_id: int


@dataclass(frozen=True, kw_only=True)
class CommunityOpened(Fact):
    """A planned community opened; ``by`` is empty where its moment had come."""

    about = ("community", "community_id")
