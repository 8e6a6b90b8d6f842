"""The organisation, its places and departments."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from tree_queries.models import TreeNode


class Organisation(models.Model):
    """The one organisation of this installation, and its settings."""

    class Photos(models.TextChoices):
        EVERYONE = "everyone", pgettext_lazy("photos", "Everyone adds their own")
        ADMINS = "admins", pgettext_lazy("photos", "Only administrators add them")
        OFF = "off", pgettext_lazy("photos", "No photos")

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
    photos = models.CharField(
        max_length=8, choices=Photos.choices, default=Photos.EVERYONE, help_text="Where photos of people come from."
    )
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    _current: ClassVar[tuple[float, Organisation] | None] = None

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the single row and drop the cached one."""
        self.pk = 1
        super().save(*args, **kwargs)
        self.forget()

    @classmethod
    def forget(cls) -> None:
        """Drop the cached row."""
        cls._current = None

    @classmethod
    def current(cls) -> Organisation:
        """Return the organisation, cached by each process for 30 seconds; a missing one for one second."""
        now = time.monotonic()
        if cls._current is None or cls._current[0] < now:
            row = cls.objects.filter(pk=1).defer("logo").first()
            cls._current = (now + (30 if row else 1), row or cls())
        return cls._current[1]

    @classmethod
    def current_name(cls) -> str:
        """Return the organisation's name."""
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
    """A job title; ``level`` orders positions from 1 (entry) upwards."""

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
