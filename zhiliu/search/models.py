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


class SynonymGroup(models.Model):
    """Words that mean the same in this company."""

    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Synonym(models.Model):
    """A word of a group. ``key`` is the word folded for search."""

    group = models.ForeignKey(SynonymGroup, models.CASCADE, related_name="synonyms")
    word = models.CharField(max_length=30)
    key = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.word


class SynonymSuggestion(models.Model):
    """After a search in vain people searched for something else and found it: perhaps the same by another word."""

    before = models.CharField(max_length=30)
    after = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=0)
    is_dismissed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("before", "after", name="synonym_suggestion_once")]


class GapSearch(models.Model):
    """A person searched for a gap's words; one row per day."""

    gap = models.ForeignKey(Gap, models.CASCADE, related_name="searches")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    is_followed = models.BooleanField(default=False, help_text="Whether a search that found something came after it.")

    class Meta:
        constraints = [models.UniqueConstraint("gap", "person", "day", name="gap_search_once")]
        indexes = [models.Index(fields=["person", "-at"], name="gap_search_by_person")]
