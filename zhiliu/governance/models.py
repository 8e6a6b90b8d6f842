"""Models of governance."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.files.models import Upload
from zhiliu.kit.web.addresses import address


class Goal(models.Model):
    """Something the organisation wants to achieve. Communities, topics, gatherings and articles serve it."""

    title = models.CharField(max_length=60, unique=True)
    why = models.CharField(max_length=300, blank=True)
    measure = models.CharField(max_length=200, blank=True, help_text="How one will see that it is reached.")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    ends_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["ends_on", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the goal's page."""
        return address("governance:goal", self.pk)


class Service(models.Model):
    """An object that serves a goal."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="services")
    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("goal", "kind", "thing_id", name="service_once")]
        indexes = [models.Index(fields=["kind", "thing_id"], name="service_by_thing")]


class BudgetLine(models.Model):
    """Money a community may spend in a year for one purpose."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="budget_lines")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("community", "year", "title", name="budget_line_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class SpendingQuerySet(models.QuerySet["Spending"]):
    """Queries about spending."""

    def there(self) -> SpendingQuerySet:
        """Return spending that was not struck out."""
        return self.filter(taken_back_at=None)


class Spending(models.Model):
    """A payment from a budget line: for what, and what came of it."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="spendings")
    on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    what = models.CharField(max_length=80)
    bought = models.CharField(max_length=200, blank=True, help_text="What came of it.")
    gathering_id = models.BigIntegerField(null=True, help_text="The gathering it was spent for, if one.")
    receipt = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    objects: Any = SpendingQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="spending_is_positive")]

    def __str__(self) -> str:
        return f"{self.what} {self.amount}"


class ReportPlan(models.Model):
    """How often a community's sponsors get its report."""

    class Rhythm(models.TextChoices):
        MONTHLY = "monthly", pgettext_lazy("report", "Every month")
        QUARTERLY = "quarterly", pgettext_lazy("report", "Every quarter")
        NEVER = "never", pgettext_lazy("report", "Never")

    community = models.OneToOneField(Community, models.CASCADE, related_name="report_plan")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.get_rhythm_display()


class Report(models.Model):
    """A community's figures of a period, frozen when it was over."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="reports")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day.")
    figures = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [models.UniqueConstraint("community", "starts_on", "ends_on", name="report_once")]

    def __str__(self) -> str:
        return f"{self.community} {self.starts_on:%Y-%m} – {self.ends_on:%Y-%m}"

    def get_absolute_url(self) -> str:
        """Return the report's page."""
        return address("governance:report", self.community.slug, self.pk)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Queries about proposals."""

    def visible_to(self, person: Person) -> ProposalQuerySet:
        """Return those of communities in the person's reach; the twin of ``rules.can_see_proposal``."""
        return self.filter(reach(person).community_q("community"))

    def due(self, now: dt.datetime) -> ProposalQuerySet:
        """Return those whose vote is over but not counted."""
        return self.filter(result="", closes_at__lte=now)


class Proposal(models.Model):
    """A proposal of a member that the members vote on."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
        REJECTED = "rejected", pgettext_lazy("proposal", "Rejected")
        TOO_FEW = "too_few", pgettext_lazy("proposal", "Too few votes")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    community = models.ForeignKey(Community, models.CASCADE, related_name="proposals")
    title = models.CharField(max_length=80)
    body = models.TextField(max_length=4000)
    html = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    closes_at = models.DateTimeField()
    quorum = models.PositiveSmallIntegerField(help_text="Share of members who have to vote, in percent.")
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)
    abstained = models.PositiveIntegerField(default=0)
    members = models.PositiveIntegerField(default=0, help_text="When it was counted.")
    follows = models.CharField(max_length=300, blank=True, help_text="What those who look after the community do now.")
    follows_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects: Any = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["community", "-at"], name="proposal_by_time"),
            models.Index(fields=["closes_at"], name="proposal_uncounted", condition=Q(result="")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the proposal's page."""
        return address("governance:proposal", self.community.slug, self.pk)

    @property
    def is_open(self) -> bool:
        """Whether voting is open."""
        return not self.result and self.closes_at > timezone.now()


class ProposalVote(models.Model):
    """A member's vote. Who voted is shown; the choice is visible only to the voter, others see sums."""

    class Choice(models.TextChoices):
        YES = "yes", pgettext_lazy("vote", "For")
        NO = "no", pgettext_lazy("vote", "Against")
        ABSTAIN = "abstain", pgettext_lazy("vote", "Abstain")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="votes")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("proposal", "by", name="proposal_vote_once")]
