"""Thanks."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiliu.directory.models import Person


class Thanks(models.Model):
    """A person thanks another, with a reason, often for an object."""

    to = models.ForeignKey(Person, models.CASCADE, related_name="thanks_received")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="thanks_given")
    reason = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, blank=True)
    thing_id = models.BigIntegerField(default=0)
    community_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "thanks"
        constraints = [models.UniqueConstraint("to", "by", "kind", "thing_id", "reason", name="thanks_once")]
        indexes = [models.Index(fields=["kind", "thing_id"], name="thanks_by_thing")]

    def __str__(self) -> str:
        return self.reason[:40]
