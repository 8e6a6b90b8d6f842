"""Models of moderation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Permission
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address

from .reach import ids_with, moderated_q

UNDO_FOR = dt.timedelta(minutes=10)


class Mode(models.TextChoices):
    """The mode of a detector in a community."""

    HOLD = "hold", pgettext_lazy("detector", "Hold back")
    FLAG = "flag", pgettext_lazy("detector", "Publish and flag")
    OFF = "off", pgettext_lazy("detector", "Off")


class Policy(models.Model):
    """A community's moderation settings; without a row, the defaults apply."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="moderation_policy")
    modes = models.JSONField(default=dict, help_text="Mode by detector, where it is not the usual one.")
    newcomer_limit = models.PositiveIntegerField(default=20, help_text="Messages an hour in the first 7 days.")
    member_limit = models.PositiveIntegerField(default=120, help_text="Messages an hour after that.")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.community)


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Queries about decisions."""

    def standing(self) -> DecisionQuerySet:
        """Return decisions that were not undone."""
        return self.filter(undone_at=None)

    def moderated_by(self, person: Person) -> DecisionQuerySet:
        """Return decisions in communities ``person`` moderates."""
        return self.filter(moderated_q(person))


class Decision(models.Model):
    """A decision about a published object or a held post; undoing it makes it void."""

    class Outcome(models.TextChoices):
        LEFT = "left", pgettext_lazy("moderation", "Published")
        TAKEN_DOWN = "taken_down", pgettext_lazy("moderation", "Not published")

    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField(null=True, help_text="None for something held that was never published.")
    author = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    words = models.TextField(max_length=1000, blank=True, help_text="What the author is told.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects: Any = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["community", "-at"], name="decision_by_time"),
            models.Index(fields=["author", "-at"], name="decision_by_author"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing_id or ''} {self.outcome}"

    @property
    def is_taken_down(self) -> bool:
        """Return True if the object was rejected or taken down."""
        return self.outcome == self.Outcome.TAKEN_DOWN

    @property
    def can_be_undone(self) -> bool:
        """Return True within some minutes of the decision."""
        return self.undone_at is None and timezone.now() - self.at < UNDO_FOR


class WaitingQuerySet(models.QuerySet[Any]):
    """Queries shared by held posts, reports and flags."""

    def waiting(self) -> WaitingQuerySet:
        """Return undecided rows."""
        return self.filter(decision=None)

    def moderated_by(self, person: Person) -> WaitingQuerySet:
        """Return rows in communities ``person`` moderates."""
        return self.filter(moderated_q(person))

    def about(self, kind: str, thing_id: int) -> WaitingQuerySet:
        """Return rows about one object."""
        return self.filter(kind=kind, thing_id=thing_id)


class HeldPost(models.Model):
    """A post that is not published until a moderator has reviewed it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("hold", "Waiting for a moderator")
        RELEASED = "released", pgettext_lazy("hold", "Published")
        REFUSED = "refused", pgettext_lazy("hold", "Not published")

    community = models.ForeignKey(Community, models.CASCADE, related_name="held_posts")
    kind = models.CharField(max_length=20)
    payload = models.JSONField(help_text="All that is needed to publish it: text, where, files.")
    by = models.ForeignKey(Person, models.CASCADE, related_name="held_posts")
    client_id = models.CharField(max_length=40, blank=True, help_text="Given by the sender's device.")
    reasons = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    decision = models.OneToOneField(Decision, models.SET_NULL, null=True, related_name="held_post")
    thing_id = models.BigIntegerField(null=True, help_text="What it became when it was released.")

    objects: Any = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("by", "client_id", condition=~Q(client_id=""), name="held_post_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", decision=None) | ~Q(state="waiting"), name="held_post_waits_undecided"
            ),
        ]
        indexes = [
            models.Index(fields=["community", "at"], condition=Q(decision=None), name="held_post_waiting"),
            models.Index(fields=["state", "-at"], name="held_post_by_state"),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def text(self) -> str:
        """Return its text."""
        return str(self.payload.get("text", ""))


class Flag(models.Model):
    """A detector's request to review a published object."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    author = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, related_name="flags")

    objects: Any = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("kind", "thing_id", name="flag_once")]
        indexes = [models.Index(fields=["community", "at"], condition=Q(decision=None), name="flag_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing_id}"


class Report(models.Model):
    """A person's request that moderators review an object."""

    class Reason(models.TextChoices):
        ADVERT = "advert", pgettext_lazy("reason of a report", "Advertising")
        INSULT = "insult", pgettext_lazy("reason of a report", "Insult or attack")
        LEAK = "leak", pgettext_lazy("reason of a report", "Tells what is confidential")
        WRONG = "wrong", pgettext_lazy("reason of a report", "False and harmful")
        OTHER = "other", pgettext_lazy("reason of a report", "Something else")

    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    author = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", help_text="Whose the thing is.")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, related_name="reports")

    objects: Any = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("kind", "thing_id", "by", name="reported_once")]
        indexes = [models.Index(fields=["community", "at"], condition=Q(decision=None), name="report_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing_id} ({self.get_reason_display()})"


class SanctionQuerySet(models.QuerySet["Sanction"]):
    """Queries about sanctions."""

    def visible_to(self, person: Person) -> SanctionQuerySet:
        """Return the person's own sanctions, and those of communities they moderate; the twin of
        ``rules.can_see_sanction``.
        """
        if person.is_admin and person.is_active:
            return self.all()
        places = {*ids_with(Permission.MODERATE, person), *ids_with(Permission.DECIDE_APPEAL, person)}
        return self.filter(Q(person_id=person.pk) | Q(community_id__in=places))

    def in_force(self, now: dt.datetime | None = None) -> SanctionQuerySet:
        """Return sanctions with a running term that were not lifted."""
        return self.filter(lifted_at=None, until__gt=now or timezone.now())


class Sanction(models.Model):
    """A sanction against a person, with its term."""

    class Kind(models.TextChoices):
        WARN = "warn", pgettext_lazy("sanction", "Warning")
        MUTE = "mute", pgettext_lazy("sanction", "Mute")
        REMOVE = "remove", pgettext_lazy("sanction", "Removed from the community")

    community = models.ForeignKey(Community, models.CASCADE, related_name="sanctions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="sanctions")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    rule = models.CharField(max_length=300, blank=True, help_text="The rule of the community it goes by.")
    starts_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, help_text="None for a warning.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    about_kind = models.CharField(max_length=20, blank=True)
    about_id = models.BigIntegerField(null=True)
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, related_name="sanctions")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    role_before = models.CharField(
        max_length=10, blank=True, help_text="Of a member who was taken out; they get it back when that is lifted."
    )

    objects: Any = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="warn", until=None) | ~Q(kind="warn") & Q(until__isnull=False),
                name="sanction_has_a_term",
            ),
            models.UniqueConstraint("decision", "kind", name="sanction_once_a_decision"),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="sanction_by_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Return the address of its page, for the person and the moderators."""
        return address("moderation:sanction", self.pk)

    @property
    def is_in_force(self) -> bool:
        """Return True if its term is running."""
        return self.lifted_at is None and self.until is not None and self.until > timezone.now()


class Appeal(models.Model):
    """A person's request that another person review their sanction."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", pgettext_lazy("appeal", "Granted")
        REFUSED = "refused", pgettext_lazy("appeal", "Denied")

    sanction = models.OneToOneField(Sanction, models.CASCADE, related_name="appeal")
    words = models.TextField(max_length=1000)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    answer = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.words[:40]


class CannedResponse(models.Model):
    """A canned response to authors; without a community it is the organisation's."""

    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=40)
    text = models.TextField(max_length=1000)
    fits = models.CharField(max_length=10, choices=Report.Reason.choices, blank=True, help_text="'' is chosen by hand.")
    place = models.PositiveSmallIntegerField(default=50)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint("community", "title", name="canned_response_once"),
            models.UniqueConstraint("title", condition=Q(community=None), name="template_once_for_all"),
        ]

    def __str__(self) -> str:
        return self.title


class Word(models.Model):
    """A word of the organisation's list of insults."""

    class Weight(models.IntegerChoices):
        WEAK = 1, pgettext_lazy("insult", "Flags")
        STRONG = 2, pgettext_lazy("insult", "Holds back")

    text = models.CharField(max_length=40)
    folded = models.CharField(max_length=80, unique=True, help_text="As it is compared.")
    weight = models.PositiveSmallIntegerField(choices=Weight.choices, default=Weight.WEAK)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class Verdict(models.Model):
    """Whether a detector was right in one case, according to the moderator's decision."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="verdicts")
    detector = models.CharField(max_length=20)
    was_held = models.BooleanField(help_text="Held back, or only flagged.")
    is_confirmed = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("decision", "detector", name="verdict_once")]
        indexes = [models.Index(fields=["at"], name="verdict_by_time")]

    def __str__(self) -> str:
        return f"{self.detector}: {self.is_confirmed}"
