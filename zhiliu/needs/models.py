"""Models of needs and topics."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address


class InCommunityQuerySet(models.QuerySet):
    """Query set of objects that everybody who sees the community can see."""

    def visible_to(self, person: Person) -> InCommunityQuerySet:
        """Return those ``person`` may see; the twin of ``rules.can_see``."""
        return self.filter(reach(person).community_q("community"))


class Topic(models.Model):
    """A subject small enough for one hour, made from needs."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("topic", "Looking for a speaker")
        PLANNED = "planned", pgettext_lazy("topic", "Scheduled")
        DONE = "done", pgettext_lazy("topic", "Shared")
        DROPPED = "dropped", pgettext_lazy("topic", "Dropped")

    community = models.ForeignKey(Community, models.CASCADE, related_name="topics")
    title = models.CharField(max_length=80)
    for_whom = models.CharField(max_length=200)
    take_home = models.CharField(max_length=300)
    pains = models.CharField(max_length=500, blank=True)
    differently = models.CharField(max_length=500, blank=True)
    small_enough = models.BooleanField(default=False)
    solved_by = models.CharField(max_length=500, blank=True)
    seen_by = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="topics")
    at = models.DateTimeField(default=timezone.now)
    vote_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects: Any = InCommunityQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["community", "-at", "-id"], name="topic_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the topic's page."""
        return address("needs:topic", self.pk)


class Need(models.Model):
    """Something a person is stuck with."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("need", "Open")
        MERGED = "merged", pgettext_lazy("need", "Merged")
        TOPIC = "topic", pgettext_lazy("need", "Became a topic")
        CLOSED = "closed", pgettext_lazy("need", "Closed")

    community = models.ForeignKey(Community, models.CASCADE, related_name="needs")
    title = models.CharField(max_length=80)
    body = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="needs")
    is_anonymous = models.BooleanField(default=False, help_text="Nobody is stored with it.")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was closed.")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, related_name="needs")
    support_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects: Any = InCommunityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["community", "state", "-at", "-id"], name="need_by_time"),
            models.Index(fields=["community", "state", "-support_count", "-id"], name="need_by_support"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(is_anonymous=True, by__isnull=False), name="anonymous_is_nobody")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the need's page."""
        return address("needs:need", self.pk)


class Support(models.Model):
    """Another person with the same need."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="supports")
    by = models.ForeignKey(Person, models.CASCADE, related_name="supports")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("need", "by", name="support_once")]


class Merge(models.Model):
    """A near-duplicate merged into another need. Deleting the row undoes it."""

    need = models.OneToOneField(Need, models.CASCADE, related_name="merge")
    into = models.ForeignKey(Need, models.CASCADE, related_name="merges")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    moved_supporters = models.JSONField(default=list, help_text="Ids of people whose support was added by the merge.")
