"""Comments and votes on objects."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiliu.directory.models import Person


class Comment(models.Model):
    """A comment on an object."""

    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="comments")
    body = models.TextField(max_length=4000)
    html = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["kind", "thing_id", "id"], name="comment_by_thing")]

    def __str__(self) -> str:
        return self.body[:40]


class Vote(models.Model):
    """A person's vote for an object: a topic, a question."""

    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.CASCADE, related_name="votes")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("kind", "thing_id", "by", name="vote_once")]
