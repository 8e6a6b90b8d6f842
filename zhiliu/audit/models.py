"""The model of the audit."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class AppendOnly(models.QuerySet["Entry"]):
    """Rows that can be read and added only."""

    def update(self, **kwargs: Any) -> int:
        """Refuse.

        Raises:
            TypeError: always.
        """
        raise TypeError("the audit is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse, like :meth:`update`."""
        raise TypeError("the audit is append-only")


class Entry(models.Model):
    """An administrative act. Ids without foreign keys: an entry outlives its subject.

    ``place`` and ``digest`` are filled in once, after the commit (:mod:`.hash_chain`).
    """

    verb = models.CharField(max_length=60)
    by_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    model = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    ids = models.JSONField(default=dict, help_text="The ids of the fact.")
    door = models.CharField(max_length=10)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    place = models.BigIntegerField(null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True)

    objects: Any = AppendOnly.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            models.Index(fields=["by_id", "-at"], name="audit_by_person"),
            models.Index(fields=["verb", "-at"], name="audit_by_verb"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(place=None)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.subject}"
