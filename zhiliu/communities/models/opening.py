"""Models of openings."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person

from .community import Community

# A placeholder in prepared texts for the day of the opening, which may still move.
DAY = "{day}"


class Opening(models.Model):
    """A community in a tree that opens at a time. An opening cannot be undone."""

    class Part(models.TextChoices):
        LEVEL = "level", pgettext_lazy("part of a tree", "One per level")
        REGION = "region", pgettext_lazy("part of a tree", "One per location")
        PROJECT = "project", pgettext_lazy("part of a tree", "By name: projects or anything else")
        EXISTING = "existing", pgettext_lazy("part of a tree", "Existing communities")

    community = models.OneToOneField(Community, models.CASCADE, related_name="opening")
    parent = models.ForeignKey(Community, models.CASCADE, related_name="openings")
    part = models.CharField(max_length=8, choices=Part.choices)
    opens_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["opens_at", "pk"]
        indexes = [
            models.Index(fields=["parent", "opens_at", "id"], name="opening_by_time"),
            models.Index(fields=["opens_at"], name="opening_due", condition=models.Q(opened_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.opens_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether it has been opened."""
        return self.opened_at is not None

    @property
    def only_tells(self) -> bool:
        """Whether the community is open already, so that its stage only sends announcements."""
        return not self.is_open and not self.community.is_incubating


class PreparedAnnouncement(models.Model):
    """An announcement sent automatically ``days`` after an opening, or before it if negative."""

    class Audience(models.TextChoices):
        ABOVE = "above", pgettext_lazy("audience", "Members of the parent community")
        INSIDE = "inside", pgettext_lazy("audience", "Members of this community")

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="announcements")
    audience = models.CharField(max_length=6, choices=Audience.choices)
    days = models.SmallIntegerField()
    title = models.CharField(max_length=80)
    body = models.TextField(max_length=8000)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["days", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def due_at(self) -> dt.datetime:
        """When it is sent. After an opening, days count from the actual one."""
        start = self.opening.opens_at if self.days < 0 else (self.opening.opened_at or self.opening.opens_at)
        return start + dt.timedelta(days=self.days)

    def filled(self, text: str) -> str:
        """Return a text with the day of the opening filled in."""
        return text.replace(DAY, date_format(timezone.localtime(self.opening.opens_at), "SHORT_DATE_FORMAT"))

    @property
    def is_missed(self) -> bool:
        """Whether it was due before an opening that has happened already."""
        return self.days < 0 and self.opening.is_open and self.sent_at is None

    def is_due(self) -> bool:
        """Return whether it is due now."""
        waits = self.days >= 0 and not self.opening.is_open
        return self.sent_at is None and not self.is_missed and not waits and self.due_at <= timezone.now()
