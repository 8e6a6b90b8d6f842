"""Models of communities."""

from .admission import AdmissionChange, AdmissionRule, Invitation, InvitationLink, LinkUse, OptOut, WaitingPlace
from .community import (
    Announcement,
    Community,
    CommunityManager,
    CommunityQuerySet,
    Consent,
    HomeBlock,
    JoinRequest,
    Membership,
    MergeOrSplit,
    MovedContent,
    Occasion,
    PhaseChange,
    Receipt,
    Rulebook,
)
from .opening import DAY, Opening, PreparedAnnouncement

__all__ = [
    "DAY",
    "AdmissionChange",
    "AdmissionRule",
    "Announcement",
    "Community",
    "CommunityManager",
    "CommunityQuerySet",
    "Consent",
    "HomeBlock",
    "Invitation",
    "InvitationLink",
    "JoinRequest",
    "LinkUse",
    "Membership",
    "MergeOrSplit",
    "MovedContent",
    "Occasion",
    "Opening",
    "OptOut",
    "PhaseChange",
    "PreparedAnnouncement",
    "Receipt",
    "Rulebook",
    "WaitingPlace",
]
