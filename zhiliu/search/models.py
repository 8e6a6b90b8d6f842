"""Tags, and searches without result."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiliu.directory.models import Person


class Tag(models.Model):
    """A word that objects are filed under."""

    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class TagFollow(models.Model):
    """A person follows a tag. Nobody else sees it."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="followers")
    by = models.ForeignKey(Person, models.CASCADE, related_name="followed_tags")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("tag", "by", name="tag_follow_once")]
        indexes = [models.Index(fields=["by", "-at", "-id"], name="tag_follow_by_follower")]


class Gap(models.Model):
    """Search words without any result: missing knowledge."""

    words = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.words


class GapSearch(models.Model):
    """A person searched for a gap's words; one row per day."""

    gap = models.ForeignKey(Gap, models.CASCADE, related_name="searches")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("gap", "person", "day", name="gap_search_once")]
