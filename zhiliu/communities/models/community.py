"""Models of communities: members, rules, announcements, home page, calendar, and life cycle."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from tree_queries.models import TreeNode
from tree_queries.query import TreeManager, TreeQuerySet

from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address

from ..role_permissions import KINDS, Admission, Feature, JoinMethod, Kind, KindTemplate, Role


class CommunityQuerySet(TreeQuerySet):
    """Queries about communities."""

    def visible_to(self, person: Person) -> CommunityQuerySet:
        """Return those whose contents ``person`` may see; the twin of ``rules.can_see``."""
        from ..reach import reach

        return self.filter(reach(person).community_q(""))

    def listed_for(self, person: Person) -> CommunityQuerySet:
        """Return those ``person`` may know of: for employees all but secret ones, so that they can ask to join."""
        if person.is_guest:
            return self.visible_to(person)
        return self


class CommunityManager(TreeManager.from_queryset(CommunityQuerySet)):  # type: ignore[misc]
    """Manager of communities; without tree fields unless they are requested."""

    _with_tree_fields = False


class Community(TreeNode):
    """A community of practice."""

    class Visibility(models.TextChoices):
        OPEN = "open", pgettext_lazy("visibility", "All colleagues can read")
        PRIVATE = "private", pgettext_lazy("visibility", "Members only")

    class Phase(models.TextChoices):
        INCUBATING = "incubating", pgettext_lazy("phase", "Incubating")
        ACTIVE = "active", pgettext_lazy("phase", "Active")
        DORMANT = "dormant", pgettext_lazy("phase", "Dormant")
        ARCHIVED = "archived", pgettext_lazy("phase", "Archived")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=40, unique=True)
    mark = models.CharField(max_length=2)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    purpose = models.CharField(max_length=200, blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.OPEN)
    admission = models.CharField(max_length=10, choices=Admission.choices, default=Admission.OPEN)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.ACTIVE)
    features = models.JSONField(default=list)
    sessions_a_month = models.PositiveSmallIntegerField(default=1)
    member_count = models.PositiveIntegerField(default=0)
    member_limit = models.PositiveIntegerField(null=True, blank=True, help_text="None: any number.")
    started_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    offers_starter = models.BooleanField(default=False, help_text="The template's announcement waits as a draft.")
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    size_told_at = models.DateTimeField(null=True, help_text="When its keepers were last told that it has outgrown.")
    sleep_told_at = models.DateTimeField(null=True, help_text="When its keepers were last told that it is asleep.")

    objects: ClassVar[CommunityManager] = CommunityManager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["visibility"], name="community_by_visibility")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_incubating(self) -> bool:
        """Whether it is still being prepared."""
        return self.phase == self.Phase.INCUBATING

    def get_absolute_url(self) -> str:
        """Return the home page."""
        return address("communities:home", self.slug)

    @property
    def template(self) -> KindTemplate:
        """The template of the community's kind."""
        return KINDS[self.kind]

    def has(self, feature: Feature | str) -> bool:
        """Return whether ``feature`` is enabled."""
        return str(feature) in self.features


class Membership(models.Model):
    """The membership of a person in a community, with one role."""

    class Involvement(models.TextChoices):
        EVERYTHING = "everything", pgettext_lazy("involvement", "Everything")
        MENTIONS = "mentions", pgettext_lazy("involvement", "What concerns me")
        NOTHING = "nothing", pgettext_lazy("involvement", "Nothing")

    community = models.ForeignKey(Community, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    involvement = models.CharField(max_length=10, choices=Involvement.choices, default=Involvement.MENTIONS)
    joined_at = models.DateTimeField(default=timezone.now)
    way = models.CharField(max_length=10, choices=JoinMethod.choices, default=JoinMethod.HAND)

    class Meta:
        constraints = [models.UniqueConstraint("community", "person", name="member_once")]
        indexes = [
            models.Index(fields=["community", "role"], name="membership_by_role"),
            models.Index(fields=["community", "-joined_at", "-id"], name="membership_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"

    @property
    def row_key(self) -> tuple[Any, ...]:
        """Return everything the row in the list of members shows: the cache key of its fragment."""
        names = [str(part or "") for part in (self.person.department, self.person.position)]
        return self.pk, self.role, *self.person.face_key, *names


class JoinRequest(models.Model):
    """A request to join; undecided until someone who may admit decides."""

    class Decision(models.TextChoices):
        ADMITTED = "admitted", pgettext_lazy("join request", "Approved")
        DECLINED = "declined", pgettext_lazy("join request", "Declined")

    community = models.ForeignKey(Community, models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(Person, models.CASCADE, related_name="join_requests")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"], condition=Q(decision=""), name="one_open_join_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.community}"


class Rulebook(models.Model):
    """A version of a community's rules; the latest is in force."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="rulebooks")
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=8000)
    html = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("community", "version", name="rulebook_version_once")]
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.community} {self.version}"


class Consent(models.Model):
    """A person's acceptance of a version of the rules."""

    rulebook = models.ForeignKey(Rulebook, models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("rulebook", "person", name="consent_once")]


class Announcement(models.Model):
    """Something everyone in a community should know; reading is recorded."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="announcements")
    title = models.CharField(max_length=80)
    body = models.TextField(max_length=8000)
    html = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_pinned = models.BooleanField(default=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["community", "-at"], name="announcement_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the announcement's page."""
        return address("communities:announcement", self.community.slug, self.pk)


class Receipt(models.Model):
    """The record that a person has read an announcement."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="receipts")
    person = models.ForeignKey(Person, models.CASCADE, related_name="receipts")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("announcement", "person", name="receipt_once")]


class HomeBlock(models.Model):
    """A block of a community's home page: a section offered by an app (``key``), or a text of its own."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="home_blocks")
    key = models.CharField(max_length=60, blank=True, help_text="Of the section on the shelf; '' is a text of its own.")
    place = models.PositiveSmallIntegerField()
    is_hidden = models.BooleanField(default=False)
    title = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    html = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint("community", "key", condition=~Q(key=""), name="home_section_once")]

    def __str__(self) -> str:
        return self.title or self.key


class Occasion(models.Model):
    """An entry of a community's calendar on one or more days."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="occasions")
    title = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["community", "starts_on"], name="occasion_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="occasion_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page on which managers change it."""
        return address("communities:occasion", self.community.slug, self.pk)


class PhaseChange(models.Model):
    """A change of a community's phase."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="phase_changes")
    before = models.CharField(max_length=10, choices=Community.Phase.choices)
    after = models.CharField(max_length=10, choices=Community.Phase.choices)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.community}: {self.before} → {self.after}"


class MergeOrSplit(models.Model):
    """A merge into another community, or a split; can be undone for a day."""

    class Kind(models.TextChoices):
        MERGE = "merge", pgettext_lazy("communities", "Merged")
        SPLIT = "split", pgettext_lazy("communities", "Split off")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    source = models.ForeignKey(Community, models.CASCADE, related_name="merges_and_splits")
    target = models.ForeignKey(Community, models.CASCADE, related_name="merged_or_split_from")
    phase_before = models.CharField(max_length=10, choices=Community.Phase.choices, help_text="Of the source.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.target}"


class MovedContent(models.Model):
    """What a merge or split moved, per content type, in the form that type needs for undo."""

    merge_or_split = models.ForeignKey(MergeOrSplit, models.CASCADE, related_name="moved")
    key = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=0)
    things = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint("merge_or_split", "key", name="moved_content_once")]
