"""People, their skills, whom they follow, and the fields of their profiles."""

from __future__ import annotations

import datetime as dt
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

from zhiliu.kit.system.db import prefix_q
from zhiliu.kit.text.chinese_text import normalise
from zhiliu.kit.web.addresses import address

from .organisation import Department, Location, Organisation, Position
from .photos import Photo


def folded_name(name: str) -> str:
    """Return a sign-in name folded for comparison: full-width letters and upper case make no difference."""
    return unicodedata.normalize("NFKC", name).strip().lower()


class PersonQuerySet(models.QuerySet["Person"]):
    """Queries about people."""

    def active(self) -> PersonQuerySet:
        """Return people who can sign in, without leavers."""
        return self.filter(is_active=True)

    def employees(self) -> PersonQuerySet:
        """Return people of the organisation itself."""
        return self.filter(kind=Person.Kind.EMPLOYEE)

    def known_as(self, name: str) -> PersonQuerySet:
        """Return the people with the sign-in name ``name``: number, mail address or handle."""
        typed, folded = unicodedata.normalize("NFKC", name).strip(), folded_name(name)
        return self.filter(Q(employee_number=typed) | Q(email=folded) | Q(handle=folded))

    def named(self, text: str) -> PersonQuerySet:
        """Return those whose name, pinyin in any reading, initials, number or mail begins with ``text``."""
        return self.filter(
            pk__in=NameKey.objects.filter(prefix_q("key", normalise(text).replace(" ", ""))).values("person")
        )


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Manager with the method Django's commands need."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Look up by handle."""
        return self.get(handle=username)


class Person(AbstractBaseUser):
    """An employee, a guest of some communities, or a bot."""

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
    photo = models.ForeignKey("Photo", models.SET_NULL, null=True, blank=True, related_name="+")
    shows_presence = models.BooleanField(default=True, help_text="Others see whether the person is here.")
    shows_reading = models.BooleanField(
        default=True, help_text="Others see which messages the person has read, and the person sees theirs."
    )
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
        """Return the address of the profile page."""
        return address("directory:person", self.handle)

    @property
    def photo_key(self) -> int | None:
        """Return the id of the photo that is shown, for the keys of fragments; None without one."""
        if self.photo_id is None or Organisation.current().photos == Organisation.Photos.OFF:
            return None
        return int(self.photo_id)

    @property
    def face_key(self) -> tuple[Any, ...]:
        """Return what name and picture depend on, for the keys of fragments."""
        return self.pk, self.name, self.kind, self.photo_key

    @property
    def row_key(self) -> tuple[Any, ...]:
        """Return everything the row in a list of people shows: the cache key of its fragment."""
        names = [str(part or "") for part in (self.department, self.position, self.location)]
        return *self.face_key, self.tagline, *names

    def photo_address(self, side: int) -> str:
        """Return the address of the person's photo, ``side`` pixels or more; '' without one.

        It contains the photo's id, so that it can be cached for good.
        """
        key = self.photo_key
        if key is None:
            return ""
        stored = next((size for size in Photo.SIDES if size >= side), Photo.SIDES[-1])
        return address("directory:photo_file", key, stored)

    def clean(self) -> None:
        """Validate what the database cannot: the time zone."""
        if self.time_zone and self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": _("No such time zone.")})

    @property
    def is_guest(self) -> bool:
        """Return True for an external person."""
        return self.kind == self.Kind.GUEST

    @property
    def is_staff(self) -> bool:
        """Django's name for an administrator."""
        return self.is_admin

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's permissions are not used; see ``kit.contracts.rules``."""
        return self.is_admin and self.is_active

    def has_module_perms(self, app_label: str) -> bool:
        """Like :meth:`has_perm`."""
        return self.is_admin and self.is_active

    def tenure_years(self, today: dt.date | None = None) -> int | None:
        """Return full years since the hire date (工龄), or None when that is unknown."""
        if self.hired_on is None:
            return None
        today = today or timezone.localdate()
        early = (today.month, today.day) < (self.hired_on.month, self.hired_on.day)
        return max(0, today.year - self.hired_on.year - early)

    def is_newcomer(self, today: dt.date | None = None, days: int = 90) -> bool:
        """Return True if the person was hired, or without a hire date joined here, less than ``days`` ago."""
        since = self.hired_on or self.joined_at.date()
        return (today or timezone.localdate()) - since < dt.timedelta(days=days)

    def is_beginner(self, days: int = 90) -> bool:
        """Return True if the person first signed in less than ``days`` ago, however long they have been in the
        directory.
        """
        return self.came_in_at is not None and timezone.now() - self.came_in_at < dt.timedelta(days=days)


class NameKey(models.Model):
    """A search key of a person, matched by prefix: name, a reading, initials, number."""

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
    """A skill a person declares; others endorse it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="people")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("person", "skill", name="skill_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill}"


class Endorsement(models.Model):
    """A confirmation that a person has a skill."""

    claim = models.ForeignKey(PersonSkill, models.CASCADE, related_name="endorsements")
    by = models.ForeignKey(Person, models.CASCADE, related_name="endorsements_given")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("claim", "by", name="endorsed_once")]

    def __str__(self) -> str:
        return f"{self.by} → {self.claim}"


class Follow(models.Model):
    """A person follows another. Visible to the two alone; everybody else sees only the number."""

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
    """A custom profile field: hometown, school, intake.

    Values are in ``Person.extra`` under the field's key. Fields are retired, not deleted; their values stay.
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
        """Return its name in forms and addresses."""
        return f"field-{self.key}"
