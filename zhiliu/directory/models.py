"""The nouns of people and organisation."""

from __future__ import annotations

import datetime as dt
import time
import unicodedata
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode

from zhiliu.kit.system.db import prefix_q
from zhiliu.kit.text.chinese_text import normalise
from zhiliu.kit.web.addresses import address


class Organisation(models.Model):
    """The one organisation of this installation, and what it set for everybody."""

    name = models.CharField(max_length=80)
    welcome = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=200, blank=True, help_text="Where people reach the installation.")
    address_answers = models.BooleanField(default=True, help_text="Whether the address led here when last opened.")
    address_is_vouched = models.BooleanField(
        default=False, help_text="Opened by an administrator in a browser, whatever this machine sees of it."
    )
    language = models.CharField(max_length=10, blank=True, help_text="For people who have not chosen one.")
    time_zone = models.CharField(max_length=40, blank=True, help_text="For people who have not chosen one.")
    logo = models.BinaryField(null=True, blank=True, help_text="A PNG of at most 512 pixels a side.")
    logo_digest = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    _current: ClassVar[tuple[float, Organisation] | None] = None

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the one row, and forget the remembered one."""
        self.pk = 1
        super().save(*args, **kwargs)
        self.forget()

    @classmethod
    def forget(cls) -> None:
        """Read the row anew when it is next asked for."""
        cls._current = None

    @classmethod
    def current(cls) -> Organisation:
        """The organisation, remembered by each process for half a minute; a missing one for a second."""
        now = time.monotonic()
        if cls._current is None or cls._current[0] < now:
            row = cls.objects.filter(pk=1).defer("logo").first()
            cls._current = (now + (30 if row else 1), row or cls())
        return cls._current[1]

    @classmethod
    def current_name(cls) -> str:
        """The organisation's name."""
        return cls.current().name


class Location(models.Model):
    """A place people work at."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room a gathering can be held in."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=80)
    seats = models.PositiveIntegerField(default=20)

    class Meta:
        constraints = [models.UniqueConstraint("location", "name", name="room_once")]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """What somebody is employed as; ``level`` orders positions from 1 (entry) upwards."""

    name = models.CharField(max_length=80, unique=True)
    level = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Department(TreeNode):
    """A part of the organisation; subsidiaries are departments too."""

    name = models.CharField(max_length=80)
    code = models.CharField(max_length=64, unique=True, null=True)
    head = models.ForeignKey("Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def folded_name(name: str) -> str:
    """A name to sign in by, as it is compared: full-width letters and upper case make no difference."""
    return unicodedata.normalize("NFKC", name).strip().lower()


class PersonQuerySet(models.QuerySet["Person"]):
    """The questions asked about people."""

    def active(self) -> PersonQuerySet:
        """Those who can sign in: leavers are out."""
        return self.filter(is_active=True)

    def employees(self) -> PersonQuerySet:
        """People of the organisation itself."""
        return self.filter(kind=Person.Kind.EMPLOYEE)

    def known_as(self, name: str) -> PersonQuerySet:
        """Who signs in as ``name``: by number, mail address or handle."""
        typed, folded = unicodedata.normalize("NFKC", name).strip(), folded_name(name)
        return self.filter(Q(employee_number=typed) | Q(email=folded) | Q(handle=folded))

    def named(self, text: str) -> PersonQuerySet:
        """Those whose name, pinyin in any reading, initials, number or mail begins with ``text``."""
        return self.filter(
            pk__in=NameKey.objects.filter(prefix_q("key", normalise(text).replace(" ", ""))).values("person")
        )


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Makes people; Django's commands ask for these two."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """By handle."""
        return self.get(handle=username)


class Person(AbstractBaseUser):
    """Somebody: an employee, a guest of some communities, or a bot."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        GUEST = "guest", _("Guest")
        BOT = "bot", _("Bot")

    class Theme(models.TextChoices):
        SYSTEM = "system", pgettext_lazy("theme", "Match system")
        LIGHT = "light", pgettext_lazy("theme", "Light")
        DARK = "dark", pgettext_lazy("theme", "Dark")

    handle = models.SlugField(max_length=60, unique=True, help_text="In addresses and mentions.")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EMPLOYEE)
    name = models.CharField(max_length=80)
    employee_number = models.CharField(max_length=40, unique=True, null=True, blank=True)
    email = models.EmailField(unique=True, null=True, blank=True)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="people")
    position = models.ForeignKey(Position, models.SET_NULL, null=True, blank=True, related_name="people")
    location = models.ForeignKey(Location, models.SET_NULL, null=True, blank=True, related_name="people")
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    hired_on = models.DateField(null=True, blank=True)
    tagline = models.CharField(max_length=120, blank=True)
    experience = models.TextField(max_length=2000, blank=True)
    pinyin = models.CharField(max_length=120, blank=True, help_text="The reading the person chose, with tones.")
    extra = models.JSONField(default=dict, blank=True, help_text="Fields the company defines.")
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    is_admin = models.BooleanField(default=False)
    shows_presence = models.BooleanField(default=True, help_text="Others see whether the person is here.")
    joined_at = models.DateTimeField(default=timezone.now)
    came_in_at = models.DateTimeField(null=True, blank=True, help_text="When they signed in for the first time.")
    calendar_key = models.CharField(max_length=40, blank=True, db_index=True)
    address_round = models.PositiveSmallIntegerField(default=0, help_text="Part of the person's mail addresses.")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="email_once"),
            models.CheckConstraint(condition=~Q(manager=models.F("id")), name="not_own_manager"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The profile page."""
        return address("directory:person", self.handle)

    def clean(self) -> None:
        """Check what the database cannot: a known time zone."""
        if self.time_zone and self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": _("No such time zone.")})

    @property
    def is_guest(self) -> bool:
        """Whether this is an external person."""
        return self.kind == self.Kind.GUEST

    @property
    def is_staff(self) -> bool:
        """Django's word for an administrator."""
        return self.is_admin

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; rules are (see ``kit.contracts.rules``)."""
        return self.is_admin and self.is_active

    def has_module_perms(self, app_label: str) -> bool:
        """As :meth:`has_perm`."""
        return self.is_admin and self.is_active

    def tenure_years(self, today: dt.date | None = None) -> int | None:
        """Full years since the hire date (工龄), or None when that is unknown."""
        if self.hired_on is None:
            return None
        today = today or timezone.localdate()
        early = (today.month, today.day) < (self.hired_on.month, self.hired_on.day)
        return max(0, today.year - self.hired_on.year - early)

    def is_newcomer(self, today: dt.date | None = None, days: int = 90) -> bool:
        """Whether the person was hired, or without a hire date joined here, less than ``days`` ago."""
        since = self.hired_on or self.joined_at.date()
        return (today or timezone.localdate()) - since < dt.timedelta(days=days)

    def is_beginner(self, days: int = 90) -> bool:
        """Whether the person first came in less than ``days`` ago, however long the company has known them."""
        return self.came_in_at is not None and timezone.now() - self.came_in_at < dt.timedelta(days=days)


class NameKey(models.Model):
    """One thing a person is found by when its beginning is typed: name, a reading, initials, number."""

    # The unique key below begins with the person.
    person = models.ForeignKey(Person, models.CASCADE, related_name="name_keys", db_index=False)
    key = models.CharField(max_length=160, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "key", name="name_key_once")]

    def __str__(self) -> str:
        return self.key


class Skill(models.Model):
    """Something a person can know."""

    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class PersonSkill(models.Model):
    """A skill a person declares; others vouch for it by endorsements."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="people")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("person", "skill", name="skill_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill}"


class Endorsement(models.Model):
    """Somebody vouches that a person knows something."""

    claim = models.ForeignKey(PersonSkill, models.CASCADE, related_name="endorsements")
    by = models.ForeignKey(Person, models.CASCADE, related_name="endorsements_given")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("claim", "by", name="endorsed_once")]

    def __str__(self) -> str:
        return f"{self.by} → {self.claim}"


class Follow(models.Model):
    """Somebody wants to know what a person shares. Seen by the two alone; of others only how many."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="followers")
    by = models.ForeignKey(Person, models.CASCADE, related_name="following")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "by", name="follow_once"),
            models.CheckConstraint(condition=~Q(person=models.F("by")), name="follow_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["by", "-at", "-id"], name="follow_by_follower"),
            models.Index(fields=["person", "-at", "-id"], name="follow_by_person"),
        ]


class ProfileField(models.Model):
    """Something the company wants to know about its people: hometown, school, intake.

    Values stand in ``Person.extra`` under the field's key. Fields are retired, not deleted; their values stay.
    """

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("field", "Text")
        CHOICE = "choice", pgettext_lazy("field", "List")
        DATE = "date", pgettext_lazy("field", "Date")

    class Filler(models.TextChoices):
        PERSON = "person", _("The person")
        ADMINS = "admins", _("Administrators")

    class Reader(models.TextChoices):
        COLLEAGUES = "colleagues", _("All colleagues")
        FEW = "few", _("The person and administrators")

    key = models.CharField(max_length=40, unique=True, help_text="Lower-case letters and digits, not only digits.")
    label = models.CharField(max_length=40)
    label_en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TEXT)
    options = models.JSONField(default=list, blank=True, help_text="What can be chosen, for lists.")
    filled_by = models.CharField(max_length=6, choices=Filler.choices, default=Filler.PERSON)
    seen_by = models.CharField(max_length=10, choices=Reader.choices, default=Reader.COLLEAGUES)
    place = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return (self.label_en if english else "") or self.label

    @property
    def input_name(self) -> str:
        """Its name in forms and addresses."""
        return f"field-{self.key}"


class LoginLink(models.Model):
    """A link by which somebody sets a password and comes in. Works once, expires.

    Guests get theirs by mail when they are invited, whoever forgot their password on asking; people without mail are
    handed one by an administrator.
    """

    class Purpose(models.TextChoices):
        INVITED = "invited", _("Invitation of a guest")
        FORGOTTEN = "forgotten", _("Password reset")
        HANDED = "handed", _("Shared by an administrator")

    person = models.ForeignKey(Person, models.CASCADE, related_name="login_links")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.INVITED)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True, help_text="When it was used, or replaced by a newer one.")


class LinkMailing(models.Model):
    """Links for a first sign-in go out by mail to many people, one by one."""

    about = models.CharField(max_length=200, help_text="Whose they are: a department or a file, as it was called.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    rows: Any

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="link_mailing_by_time")]

    def __str__(self) -> str:
        return self.about

    def get_absolute_url(self) -> str:
        """Its page."""
        return address("managing:mailing", self.pk)


class LinkMail(models.Model):
    """What became of one person's mail."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("link mail", "Waiting")
        SENDING = "sending", pgettext_lazy("link mail", "Being sent")
        SENT = "sent", pgettext_lazy("link mail", "Sent")
        FAILED = "failed", pgettext_lazy("link mail", "Rejected by the mail server")
        NO_ADDRESS = "no_address", pgettext_lazy("link mail", "No email address")
        NOT_NEEDED = "not_needed", pgettext_lazy("link mail", "No longer needed")

    mailing = models.ForeignKey(LinkMailing, models.CASCADE, related_name="rows", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    link = models.ForeignKey(LoginLink, models.SET_NULL, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=200, blank=True, help_text="What the mail server said when it did not take it.")
    at = models.DateTimeField(null=True, help_text="When it was taken up last.")

    class Meta:
        constraints = [models.UniqueConstraint("mailing", "person", name="link_mail_once")]
        indexes = [models.Index(fields=["mailing", "state", "tries", "id"], name="link_mail_by_state")]

    def __str__(self) -> str:
        return f"{self.mailing_id}: {self.person_id}"


class Attempt(models.Model):
    """One try at something that may be tried only so often; rows are forgotten after a day."""

    key = models.CharField(max_length=64, help_text="Digest of what is tried, and by whom or from where.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]


class SpecialDay(models.Model):
    """A day that differs from its weekday: a holiday, or a working weekend (调休)."""

    date = models.DateField(unique=True)
    name = models.CharField(max_length=80)
    works = models.BooleanField(default=False)
    provisional = models.BooleanField(default=False, help_text="Not published yet; administrators check it.")

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date}: {self.name}"


class WorkHours(models.Model):
    """The usual hours of a working day; one row."""

    starts = models.TimeField(default=dt.time(9, 0))
    lunch_starts = models.TimeField(default=dt.time(12, 0))
    lunch_ends = models.TimeField(default=dt.time(13, 30))
    ends = models.TimeField(default=dt.time(18, 0))

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"
