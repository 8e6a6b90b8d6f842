"""Models of admission."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person

from ..role_permissions import JoinMethod
from .community import Community


class AdmissionRule(models.Model):
    """The admission rule of a community. It applies while the community admits by rule."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="admission_rule")
    conditions = models.JSONField(help_text="As admission.conditions.Wanted writes it, with its schema version.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.community} {self.version}"


class AdmissionChange(models.Model):
    """A person joined or left a community by its rule."""

    class Direction(models.TextChoices):
        CAME = "came", pgettext_lazy("move by a rule", "Joined")
        LEFT = "left", pgettext_lazy("move by a rule", "Left")

    community = models.ForeignKey(Community, models.CASCADE, related_name="admission_changes")
    person = models.ForeignKey(Person, models.CASCADE, related_name="admission_changes")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["community", "-at", "-id"], name="rule_move_by_time")]

    def __str__(self) -> str:
        return f"{self.person} {self.direction}"


class OptOut(models.Model):
    """A person left a community that admits by rule, or was removed: the rule does not add them again."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="opt_outs")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("community", "person", name="opt_out_once")]

    def __str__(self) -> str:
        return f"{self.person}"


class InvitationLink(models.Model):
    """A link by which colleagues join without approval, until it expires or is used up.

    The secret part of its address is the signed key; nothing secret is stored.
    """

    community = models.ForeignKey(Community, models.CASCADE, related_name="invitation_links")
    note = models.CharField(max_length=60, blank=True, help_text="Where it was put, for those who made it.")
    most = models.PositiveIntegerField(null=True, help_text="How many may come by it; none is without limit.")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["community", "-at", "-id"], name="invitation_link_by_time")]

    def __str__(self) -> str:
        return self.note or f"{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither revoked nor expired; it may still be used up."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class LinkUse(models.Model):
    """A person joined by a link."""

    link = models.ForeignKey(InvitationLink, models.CASCADE, related_name="uses")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("link", "person", name="link_used_once")]

    def __str__(self) -> str:
        return f"{self.person} ({self.link})"


class Invitation(models.Model):
    """An invitation into a community. A person who declined can still accept later."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("community invitation", "Accepted")
        DECLINED = "declined", pgettext_lazy("community invitation", "Declined")

    community = models.ForeignKey(Community, models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="community_invitations")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("community", "person", name="invited_once"),
            models.CheckConstraint(condition=Q(answer="") | Q(answered_at__isnull=False), name="answer_has_a_time"),
        ]
        indexes = [models.Index(fields=["community", "-at", "-id"], name="invitation_by_time")]

    def __str__(self) -> str:
        return f"{self.person} {self.answer}"


class WaitingPlace(models.Model):
    """A person waits for a place in a full community; the longest waiting comes first."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="waiting_places")
    person = models.ForeignKey(Person, models.CASCADE, related_name="waiting_places")
    way = models.CharField(max_length=10, choices=JoinMethod.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("community", "person", name="waits_once")]
        indexes = [models.Index(fields=["community", "at", "id"], name="waiting_by_time")]

    def __str__(self) -> str:
        return f"{self.person} → {self.community}"
