"""What search remembers in the database: tags, and searches that found nothing."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiliu.directory.models import Person


class Tag(models.Model):
    """A word things are filed under."""

    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class TagFollow(models.Model):
    """Somebody wants to know what is filed under a tag. Nobody else sees it."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="followers")
    by = models.ForeignKey(Person, models.CASCADE, related_name="followed_tags")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("tag", "by", name="tag_follow_once")]
        indexes = [models.Index(fields=["by", "-at", "-id"], name="tag_follow_by_follower")]


class Gap(models.Model):
    """Words people searched for and found nothing: knowledge that is missing."""

    words = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.words


class GapSearch(models.Model):
    """Somebody searched for a gap's words, counted once a day."""

    gap = models.ForeignKey(Gap, models.CASCADE, related_name="searches")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("gap", "person", "day", name="gap_search_once")]
