"""Gatherings and their formats, lightning talks, invitations, seats and check-ins."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address
from zhiliu.needs.models import Topic


class Format(models.TextChoices):
    """How people meet."""

    ONE_PROBLEM_TALK = "one_problem_talk", pgettext_lazy("gathering format", "One-problem talk")
    LIGHTNING = "lightning", pgettext_lazy("gathering format", "Lightning talks")
    EVENING = "evening", pgettext_lazy("gathering format", "Evening sharing")
    TEA_CHAT = "tea_chat", pgettext_lazy("gathering format", "Tea chat")


def new_code() -> str:
    """Return a new six-digit check-in code."""
    return f"{secrets.randbelow(1_000_000):06d}"


def default_reminders() -> list[str]:
    """Return the reminders attendees get unless the host chooses otherwise."""
    return ["two_days", "one_hour"]


class GatheringQuerySet(models.QuerySet["Gathering"]):
    """Queries about gatherings."""

    def visible_to(self, person: Person) -> GatheringQuerySet:
        """Return those in reach, and those the person shares, hosts or is invited to; twin of ``rules.can_see``."""
        invitations = Invitation.objects.filter(person=person).exclude(state=Invitation.State.DECLINED)
        talks = LightningTalk.objects.standing().filter(speaker=person)
        named = Q(sharer=person) | Q(host=person) | Q(pk__in=invitations.values("gathering"))
        named |= Q(pk__in=talks.values("gathering"))
        # By name: the module of the audience imports this one.
        called = apps.get_model("gatherings", "AudienceInvitation").objects.filter(person=person)
        named |= Q(pk__in=called.values("gathering"))
        return self.filter(named | reach(person).community_q("community"))

    def coming(self, now: dt.datetime | None = None) -> GatheringQuerySet:
        """Return fixed ones that are not over."""
        return self.filter(state=Gathering.State.FIXED, ends_at__gt=now or timezone.now())

    def past(self, now: dt.datetime | None = None) -> GatheringQuerySet:
        """Return held ones, and fixed ones that are over and wait for their host to end them."""
        over = Q(state=Gathering.State.FIXED, ends_at__lte=now or timezone.now())
        return self.filter(Q(state=Gathering.State.HELD) | over)

    def concerning(self, person: Person | int) -> GatheringQuerySet:
        """Return those the person shares, hosts, has a seat in or came to."""
        seated = Seat.objects.filter(person=person).values("gathering")
        checked_in = CheckIn.objects.filter(person=person).values("gathering")
        return self.filter(Q(sharer=person) | Q(host=person) | Q(pk__in=seated) | Q(pk__in=checked_in))


class Gathering(models.Model):
    """A meeting of people.

    ``sequence`` counts changes of the calendar entry, ``version`` changes of the texts for stale forms.
    """

    class State(models.TextChoices):
        PLANNING = "planning", pgettext_lazy("gathering", "In planning")
        FIXED = "fixed", pgettext_lazy("gathering", "Scheduled")
        HELD = "held", pgettext_lazy("gathering", "Held")
        CANCELLED = "cancelled", pgettext_lazy("gathering", "Cancelled")

    community = models.ForeignKey(Community, models.CASCADE, related_name="gatherings")
    title = models.CharField(max_length=80)
    format = models.CharField(max_length=20, choices=Format.choices, default=Format.ONE_PROBLEM_TALK)
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, related_name="gatherings")
    sharer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="gatherings_shared")
    host = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="gatherings_hosted")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=80, blank=True)
    online_url = models.URLField(max_length=400, blank=True)
    for_whom = models.CharField(max_length=200, blank=True)
    take_home = models.CharField(max_length=300, blank=True)
    seats = models.PositiveIntegerField(null=True, help_text="None means as many as come.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNING)
    cancel_reason = models.CharField(max_length=300, blank=True)
    summary = models.TextField(max_length=20_000, blank=True)
    summary_html = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=6, default=new_code, help_text="For checking in.")
    taken = models.PositiveIntegerField(default=0, help_text="Seats given, waiting list left out.")
    named_feedback = models.BooleanField(
        default=False, help_text="Feedback carries names, for sharer and host; else it is shown from five answers on."
    )
    changed_because = models.CharField(
        max_length=500, blank=True, help_text="What host or sharer changed because of the feedback."
    )
    calendar_uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text="By it calendars know the entry again.")
    sequence = models.PositiveIntegerField(default=0)
    rescheduled_at = models.DateTimeField(default=timezone.now, help_text="When the calendar entry changed last.")
    version = models.PositiveIntegerField(default=1)
    reminder_kinds = models.JSONField(default=default_reminders, help_text="Which reminders attendees get.")

    objects: Any = GatheringQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "starts_at"], name="gathering_by_time"),
            models.Index(fields=["community", "-starts_at"], name="gathering_by_community"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="gathering_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state__in=["fixed", "held"], starts_at=None), name="gathering_fixed_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the gathering's page."""
        return address("gatherings:gathering", self.pk)

    @property
    def is_tea_chat(self) -> bool:
        """Whether it is a tea chat for two."""
        return self.format == Format.TEA_CHAT

    @property
    def is_lightning(self) -> bool:
        """Whether several people give short talks in turn."""
        return self.format == Format.LIGHTNING

    @property
    def is_evening(self) -> bool:
        """Whether a guest shares in writing, in a channel."""
        return self.format == Format.EVENING

    @property
    def is_ahead(self) -> bool:
        """Whether it can still be prepared: not held, not cancelled."""
        return self.state in (self.State.PLANNING, self.State.FIXED)

    @property
    def takes_audience(self) -> bool:
        """Whether people can be invited to attend: scheduled, not begun, and not for two."""
        return self.state == self.State.FIXED and not self.has_begun and not self.is_tea_chat

    @property
    def has_begun(self) -> bool:
        """Whether its start has passed."""
        return self.starts_at is not None and self.starts_at <= timezone.now()

    @property
    def is_near(self) -> bool:
        """Whether it is today or tomorrow; pages then show a relative day and the date."""
        days = (timezone.localdate(self.starts_at) - timezone.localdate()).days if self.starts_at else 9
        return days in (0, 1) and not self.has_begun

    @property
    def is_within_the_hour(self) -> bool:
        """Whether it starts within an hour."""
        return self.is_near and self.starts_at - timezone.now() < dt.timedelta(hours=1)  # type: ignore[operator]

    @property
    def is_over(self) -> bool:
        """Whether its end has passed."""
        return self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def is_running(self) -> bool:
        """Whether people are meeting now."""
        return self.state == self.State.FIXED and self.has_begun and not self.is_over

    @property
    def minutes(self) -> int:
        """Length in minutes; 0 without a time."""
        if self.starts_at is None or self.ends_at is None:
            return 0
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def free(self) -> int | None:
        """Free seats; None without a limit."""
        return None if self.seats is None else max(0, self.seats - self.taken)

    @property
    def owes_deposit(self) -> bool:
        """Whether it needs an article to be complete. Tea chats and communities without a library do not."""
        return not self.is_tea_chat and self.community.has(Feature.LIBRARY)


class LightningTalkQuerySet(models.QuerySet["LightningTalk"]):
    """Queries about lightning talks."""

    def standing(self) -> LightningTalkQuerySet:
        """Return those whose speaker has not declined."""
        return self.exclude(state=LightningTalk.State.DECLINED)


class LightningTalk(models.Model):
    """A short talk in the running order of a gathering; its speaker is asked and decides.

    ``place`` orders talks from 1. A talk runs from ``started_at`` until the next one starts or it is ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("lightning talk", "No answer yet")
        ACCEPTED = "accepted", pgettext_lazy("lightning talk", "Agreed")
        DECLINED = "declined", pgettext_lazy("lightning talk", "Declined")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="talks")
    title = models.CharField(max_length=80)
    speaker = models.ForeignKey(Person, models.CASCADE, related_name="lightning_talks")
    minutes = models.PositiveSmallIntegerField(default=5)
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: Any = LightningTalkQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint("gathering", "speaker", name="lightning_talk_once"),
            models.UniqueConstraint(
                fields=["gathering"],
                condition=Q(started_at__isnull=False, ended_at=None),
                name="one_lightning_talk_runs",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=10), name="lightning_talk_is_short"),
        ]
        indexes = [models.Index(fields=["speaker", "state"], name="lightning_talk_by_speaker")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Whether its speaker is on stage now."""
        return self.started_at is not None and self.ended_at is None

    @property
    def due_at(self) -> dt.datetime | None:
        """When its minutes are up; None before it starts."""
        return self.started_at + dt.timedelta(minutes=self.minutes) if self.started_at else None


class Invitation(models.Model):
    """An invitation to share. ``times`` holds the other times the person proposes, as ISO strings."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("invitation", "No answer yet")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        DECLINED = "declined", pgettext_lazy("invitation", "Declined")
        COUNTERED = "countered", pgettext_lazy("invitation", "Proposed other times")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    note = models.CharField(max_length=300, blank=True, help_text="What the inviting person writes.")
    times = models.JSONField(default=list)
    word = models.CharField(max_length=300, blank=True, help_text="What the invited person answers.")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("gathering", "person", name="invitation_once")]
        indexes = [models.Index(fields=["person", "state"], name="invitation_by_person")]

    @property
    def moments(self) -> list[dt.datetime]:
        """The proposed times, parsed."""
        return [dt.datetime.fromisoformat(text) for text in self.times]

    @property
    def is_open(self) -> bool:
        """Whether the invited person has not answered yet."""
        return self.state == self.State.WAITING


class Seat(models.Model):
    """A person's sign-up. The waiting list is ordered by key."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="seat_rows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="seats")
    waiting = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("gathering", "person", name="seat_once")]
        indexes = [models.Index(fields=["gathering", "waiting", "id"], name="seat_by_order")]


class CheckIn(models.Model):
    """A person's attendance."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="check_ins")
    person = models.ForeignKey(Person, models.CASCADE, related_name="check_ins")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", help_text="The host, or the person.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("gathering", "person", name="check_in_once")]
