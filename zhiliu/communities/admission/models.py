"""The nouns of admission."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person

# Communities are named by text: their module imports this one.
_COMMUNITY = "communities.Community"


class AdmissionRule(models.Model):
    """Whom a community is for. It counts while the community admits by a rule."""

    community = models.OneToOneField(_COMMUNITY, models.CASCADE, related_name="admission_rule")
    conditions = models.JSONField(help_text="As admission.conditions.Wanted writes it, with its schema version.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.community} {self.version}"


class RuleMove(models.Model):
    """Somebody came into a community by its rule, or left it by the rule."""

    class Direction(models.TextChoices):
        CAME = "came", pgettext_lazy("move by a rule", "Came")
        LEFT = "left", pgettext_lazy("move by a rule", "Left")

    community = models.ForeignKey(_COMMUNITY, models.CASCADE, related_name="rule_moves")
    person = models.ForeignKey(Person, models.CASCADE, related_name="rule_moves")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["community", "-at", "-id"], name="rule_move_by_time")]

    def __str__(self) -> str:
        return f"{self.person} {self.direction}"


class StaysOut(models.Model):
    """Somebody left a community that admits by a rule, or was taken out of it: the rule does not fetch them back."""

    community = models.ForeignKey(_COMMUNITY, models.CASCADE, related_name="staying_out")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("community", "person", name="stays_out_once")]

    def __str__(self) -> str:
        return f"{self.person}"
