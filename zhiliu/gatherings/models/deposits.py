"""Models of what a gathering leaves behind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.knowledge.models import Article

from .gathering import Gathering


class GatheringFile(models.Model):
    """A file that was shown or handed out."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="files")
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]


class DepositQuerySet(models.QuerySet["Deposit"]):
    """Queries about deposits."""

    def undone(self) -> DepositQuerySet:
        """Return those whose article is not published."""
        return self.filter(Q(article=None) | Q(article__published_at=None))

    def late(self, today: dt.date | None = None) -> DepositQuerySet:
        """Return those past their due day without a published article."""
        return self.undone().filter(due_on__lt=today or timezone.localdate())


class Deposit(models.Model):
    """The article a held gathering owes: owner and due day. It is done once published."""

    gathering = models.OneToOneField(Gathering, models.CASCADE, related_name="deposit")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="deposits")
    due_on = models.DateField()
    article = models.OneToOneField(Article, models.SET_NULL, null=True, related_name="deposit")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    late_told_at = models.DateTimeField(null=True, help_text="When the owner was told that it is late.")

    objects: Any = DepositQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="deposit_by_day")]

    @property
    def is_done(self) -> bool:
        """Whether the article is published."""
        return self.article is not None and self.article.published_at is not None

    @property
    def is_late(self) -> bool:
        """Whether the due day has passed without a published article."""
        return not self.is_done and self.due_on < timezone.localdate()
