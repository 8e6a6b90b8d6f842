"""What happens in the directory."""

from __future__ import annotations

from dataclasses import dataclass

from zhiliu.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PersonJoined(Fact):
    """A person came into the directory."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleChanged(Fact):
    """Names, departments, skills or the like of some people changed, in one batch."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleEnrolled(Fact):
    """Some people came in from a roster and others were changed by it, in one batch."""

    person_ids: tuple[int, ...]
    changed_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Fact):
    """A person was made inactive; what they wrote stays."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonReturned(Fact):
    """Somebody who had left came back."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class SkillEndorsed(Fact):
    """Somebody vouched for a person's skill."""

    about = ("person", "person_id")
    person_id: int
    skill_id: int


@dataclass(frozen=True, kw_only=True)
class GuestInvited(Fact):
    """An external person was invited."""

    about = ("person", "person_id")
    person_id: int
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Fact):
    """Somebody changed their own password, knowing the old one."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Fact):
    """A password was set through a link that works once; ``first`` where there was none before."""

    about = ("person", "person_id")
    person_id: int
    link_id: int
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class PasswordForgotten(Fact):
    """Somebody asked for a link to set a new password; it goes out by mail."""

    about = ("person", "person_id")
    person_id: int
    link_id: int


@dataclass(frozen=True, kw_only=True)
class EntryLinkHanded(Fact):
    """An administrator made a link to pass on to a person."""

    about = ("person", "person_id")
    person_id: int
    link_id: int


@dataclass(frozen=True, kw_only=True)
class AdministratorMade(Fact):
    """Somebody may look after the installation from now on."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class AdministratorUnmade(Fact):
    """Somebody is no longer an administrator."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(Fact):
    """A department was added, renamed, moved, given a head or removed (``act``)."""

    department_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class PositionChanged(Fact):
    """A position was added, changed or removed (``act``)."""

    position_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class LocationChanged(Fact):
    """A location, or a room of it, was added, changed or removed (``act``)."""

    location_id: int
    room_id: int | None = None
    act: str


@dataclass(frozen=True, kw_only=True)
class ProfileFieldChanged(Fact):
    """A field of profiles was added, changed, moved, retired or brought back (``act``)."""

    field_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class WorkingTimeChanged(Fact):
    """Hours or special days were changed (``act``), of one year where it is about days."""

    act: str
    year: int | None = None
