"""The log, and the cursors of its followers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Activity(models.Model):
    """One fact: who did what to which object, where and when. Ids only; rows are never changed.

    ``position`` orders the log by commit. On SQLite, with one writer at a time, the id has that order, and the column
    stays empty. On PostgreSQL a transaction may commit after one with a higher id; :mod:`.commit_order` fills the
    column after the commit.
    """

    verb = models.CharField(max_length=60)
    by_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40, blank=True, help_text="Label of the kind of thing it is about.")
    thing_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["community_id", "-id"], name="activity_by_community"),
            models.Index(fields=["kind", "thing_id"], name="activity_by_thing"),
            models.Index(fields=["by_id", "-id"], name="activity_by_person"),
            models.Index(fields=["id"], name="activity_unnumbered", condition=Q(position=None)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb}"


class Cursor(models.Model):
    """The position of a follower."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
