"""Facts of the directory."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PersonJoined(Fact, name="directory.person_joined"):
    """A person was added to the directory."""

    administrative = pgettext_lazy("audit", "Person added")
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleChanged(Fact, name="directory.people_changed"):
    """Names, departments, skills or the like of some people changed, in one batch."""

    administrative = pgettext_lazy("audit", "Person changed")
    person_ids: tuple[int, ...]

    def is_administrative(self) -> bool:
        """Return False for what people do to themselves."""
        return self.person_ids != (self.by_id,)


@dataclass(frozen=True, kw_only=True)
class PeopleEnrolled(Fact, name="directory.people_enrolled"):
    """People were added or changed by a roster, in one batch."""

    administrative = pgettext_lazy("audit", "People imported")
    person_ids: tuple[int, ...]
    changed_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Fact, name="directory.person_left"):
    """A person was deactivated; their content stays."""

    administrative = pgettext_lazy("audit", "Person left")
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleLeft(Fact, name="directory.people_left"):
    """Several people were deactivated in one batch; like :class:`PersonLeft` for each of them."""

    administrative = pgettext_lazy("audit", "People left")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PersonReturned(Fact, name="directory.person_returned"):
    """A leaver came back."""

    administrative = pgettext_lazy("audit", "Person came back")
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PhotoChanged(Fact, name="directory.photo_changed"):
    """A person's photo was added or replaced."""

    administrative = pgettext_lazy("audit", "Photo added")
    about = ("photo", "photo_id")
    photo_id: int
    person_id: int

    def is_administrative(self) -> bool:
        """Return False for what people do to themselves."""
        return self.person_id != self.by_id


@dataclass(frozen=True, kw_only=True)
class PhotoRemoved(Fact, name="directory.photo_removed"):
    """A person's photo was removed, or (``back``) restored."""

    administrative = pgettext_lazy("audit", "Photo removed")
    about = ("photo", "photo_id")
    photo_id: int
    person_id: int
    back: bool = False

    def is_administrative(self) -> bool:
        """Return False for what people do to themselves."""
        return self.person_id != self.by_id


@dataclass(frozen=True, kw_only=True)
class PhotosImported(Fact, name="directory.photos_imported"):
    """An administrator added photos of several people, in one batch."""

    administrative = pgettext_lazy("audit", "Photos imported")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SkillEndorsed(Fact, name="directory.skill_endorsed"):
    """A person's skill was endorsed."""

    about = ("person", "person_id")
    person_id: int
    skill_id: int


@dataclass(frozen=True, kw_only=True)
class GuestInvited(Fact, name="directory.guest_invited"):
    """An external person was invited."""

    administrative = pgettext_lazy("audit", "Guest invited")
    about = ("person", "person_id")
    person_id: int
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Fact, name="directory.password_changed"):
    """A person changed their own password, knowing the old one."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Fact, name="directory.password_set"):
    """A password was set through a one-time link; ``first`` if there was none before."""

    about = ("person", "person_id")
    person_id: int
    link_id: int
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class PasswordForgotten(Fact, name="directory.password_forgotten"):
    """A person requested a link to set a new password; it is sent by mail."""

    about = ("person", "person_id")
    person_id: int
    link_id: int


@dataclass(frozen=True, kw_only=True)
class SignInLocked(Fact, name="directory.sign_in_locked"):
    """Too many wrong passwords for a person were tried from one address."""

    administrative = pgettext_lazy("audit", "Too many wrong passwords")
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Fact, name="directory.sessions_ended"):
    """Sessions of a person were ended, by themselves or by an administrator."""

    administrative = pgettext_lazy("audit", "Signed out everywhere")
    about = ("person", "person_id")
    person_id: int

    def is_administrative(self) -> bool:
        """Return False for what people do to themselves."""
        return self.person_id != self.by_id


@dataclass(frozen=True, kw_only=True)
class SecretAddressesRenewed(Fact, name="directory.secret_addresses_renewed"):
    """A person's secret calendar address and mail addresses were replaced."""

    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class LoginLinkHanded(Fact, name="directory.login_link_handed"):
    """An administrator created a sign-in link to pass on to a person."""

    administrative = pgettext_lazy("audit", "Sign-in link created")
    about = ("person", "person_id")
    person_id: int
    link_id: int


@dataclass(frozen=True, kw_only=True)
class LoginLinksHanded(Fact, name="directory.login_links_handed"):
    """An administrator downloaded sign-in links to pass on to several people, in one batch."""

    administrative = pgettext_lazy("audit", "Sign-in links downloaded")
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LoginLinksMailed(Fact, name="directory.login_links_mailed"):
    """An administrator has links for a first sign-in sent by mail; the mailing lists the recipients."""

    administrative = pgettext_lazy("audit", "Sign-in links emailed")
    mailing_id: int


@dataclass(frozen=True, kw_only=True)
class AdministratorMade(Fact, name="directory.administrator_made"):
    """A person became an administrator of the installation."""

    administrative = pgettext_lazy("audit", "Administrator added")
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class AdministratorUnmade(Fact, name="directory.administrator_unmade"):
    """A person stopped being an administrator."""

    administrative = pgettext_lazy("audit", "Administrator no more")
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Fact, name="directory.organisation_changed"):
    """Name, address or defaults of the organisation changed."""

    administrative = pgettext_lazy("audit", "Organisation changed")


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(Fact, name="directory.department_changed"):
    """A department was added, renamed, moved, given a head or removed (``act``)."""

    administrative = pgettext_lazy("audit", "Department changed")
    department_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class PositionChanged(Fact, name="directory.position_changed"):
    """A position was added, changed or removed (``act``)."""

    administrative = pgettext_lazy("audit", "Position changed")
    position_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class LocationChanged(Fact, name="directory.location_changed"):
    """A location, or a room of it, was added, changed or removed (``act``)."""

    administrative = pgettext_lazy("audit", "Location or room changed")
    location_id: int
    room_id: int | None = None
    act: str


@dataclass(frozen=True, kw_only=True)
class ProfileFieldChanged(Fact, name="directory.profile_field_changed"):
    """A custom profile field was added, changed, moved, retired or brought back (``act``)."""

    administrative = pgettext_lazy("audit", "Profile field changed")
    field_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class WorkingTimeChanged(Fact, name="directory.working_time_changed"):
    """Hours or special days were changed (``act``); ``year`` is set for special days."""

    administrative = pgettext_lazy("audit", "Working time changed")
    act: str
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class PersonFollowed(Fact, name="directory.person_followed"):
    """A person got a follower; the log keeps neither follower nor time, only the day."""

    day_only = True
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonUnfollowed(Fact, name="directory.person_unfollowed"):
    """A person lost a follower; the log keeps neither follower nor time, only the day."""

    day_only = True
    about = ("person", "person_id")
    person_id: int


@dataclass(frozen=True, kw_only=True)
class ListExported(Fact, name="directory.list_exported"):
    """A list of people was downloaded as a file; the change names the list."""

    administrative = pgettext_lazy("audit", "List exported")
