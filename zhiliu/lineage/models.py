"""Links of the lineage, and its progress."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class Link(models.Model):
    """``target`` follows ``source`` on the line from need to effect."""

    class Kind(models.TextChoices):
        CAME_OUT_OF = "came_out_of", pgettext_lazy("link", "came out of")
        ANSWERS = "answers", pgettext_lazy("link", "answers")
        APPLIES = "applies", pgettext_lazy("link", "applies")
        REPLACES = "replaces", pgettext_lazy("link", "replaces")

    source_kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    target_kind = models.CharField(max_length=20)
    target_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CAME_OUT_OF)
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("source_kind", "source_id", "target_kind", "target_id", "kind", name="link_once")
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="link_by_target")]

    def __str__(self) -> str:
        return f"{self.source_kind} {self.source_id} → {self.target_kind} {self.target_id}"


class LineageProgress(models.Model):
    """The progress of an object's line: the highest station of everything that came out of it."""

    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    station = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("kind", "thing_id", name="lineage_progress_once")]
