"""The state of an installation's setup guide."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class SetupGuide(models.Model):
    """The setup guide of an installation: one row, shared by all administrators."""

    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    is_folded = models.BooleanField(default=False, help_text="Left for later; Today shows a line instead.")
    skipped = models.JSONField(default=list, help_text="Keys of steps somebody decided to do without.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_setup_guide")]
