"""Models of people and organisation."""

from .organisation import Department, Location, Organisation, Position, Room
from .people import (
    Endorsement,
    Follow,
    NameKey,
    Person,
    PersonManager,
    PersonQuerySet,
    PersonSkill,
    ProfileField,
    Skill,
    folded_name,
)
from .photos import Photo
from .signing_in import Attempt, LinkMail, LinkMailing, LoginLink
from .working_time import SpecialDay, WorkHours

__all__ = [
    "Attempt",
    "Department",
    "Endorsement",
    "Follow",
    "LinkMail",
    "LinkMailing",
    "Location",
    "LoginLink",
    "NameKey",
    "Organisation",
    "Person",
    "PersonManager",
    "PersonQuerySet",
    "PersonSkill",
    "Photo",
    "Position",
    "ProfileField",
    "Room",
    "Skill",
    "SpecialDay",
    "WorkHours",
    "folded_name",
]
