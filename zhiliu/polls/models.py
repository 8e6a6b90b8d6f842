"""Models of polls."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.object_types import kind_of

from .owners import owners


class PollQuerySet(models.QuerySet["Poll"]):
    """Queries about polls."""

    def visible_to(self, person: Person) -> PollQuerySet:
        """Return polls of communities ``person`` sees inside, and of visible objects; the twin of ``rules.can_see``."""
        condition = Q(kind="") & reach(person).community_q("community")
        for kind, owner in zip(owners.names(), owners, strict=True):
            condition |= Q(kind=kind, thing_id__in=owner.seen(person))
        return self.filter(condition)

    def of_community(self) -> PollQuerySet:
        """Return polls of a whole community; the others are shown on the page of their object."""
        return self.filter(kind="")

    def about(self, kind: str, thing_id: int) -> PollQuerySet:
        """Return polls that belong to an object."""
        return self.filter(kind=kind, thing_id=thing_id)

    def open(self) -> PollQuerySet:
        """Return polls that accept votes."""
        return self.filter(closes_at__gt=timezone.now())


class Poll(models.Model):
    """One question to a community, or to the participants of an object (``kind`` and ``thing_id``).

    An object may be outside all communities (a direct message); then its polls are too.
    """

    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="polls")
    question = models.CharField(max_length=120)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    is_secret = models.BooleanField(default=False)
    closes_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    ballot_count = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20, blank=True, help_text="Kind of the thing it belongs to, if any.")
    thing_id = models.BigIntegerField(null=True)

    objects: Any = PollQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["community", "-at"], name="poll_by_time"),
            models.Index(fields=["kind", "thing_id"], name="poll_by_thing", condition=~Q(kind="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="", thing_id=None) | (~Q(kind="") & Q(thing_id__isnull=False)),
                name="poll_thing_has_kind_and_id",
            ),
            models.CheckConstraint(
                condition=~Q(kind="") | Q(community__isnull=False), name="poll_to_community_or_at_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        """Return the address of the poll's page, or of the object it belongs to."""
        if self.kind:
            card = kind_of(self.kind).load([self.thing_id or 0]).get(self.thing_id or 0)
            return card.url if card else self.community.get_absolute_url() if self.community else "/"
        assert self.community is not None
        return reverse("polls:poll", args=[self.community.slug, self.pk])

    @property
    def is_open(self) -> bool:
        """Return True if it accepts votes."""
        return timezone.now() < self.closes_at

    @property
    def shows_counts(self) -> bool:
        """Return True if counts are visible: for a secret poll only at the end, because each change would reveal a
        vote.
        """
        return not (self.is_secret and self.is_open)


class Option(models.Model):
    """A possible choice."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options")
    text = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint("poll", "order", name="option_once")]

    def __str__(self) -> str:
        return self.text


class Ballot(models.Model):
    """A person's vote."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots")
    option = models.ForeignKey(Option, models.CASCADE, related_name="ballots")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("poll", "by", name="ballot_once")]
        indexes = [models.Index(fields=["option"], name="ballot_by_option")]
