"""Models of finding a sharer: offers, nominations and requests to departments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Department, Person
from zhiliu.kit.web.addresses import address
from zhiliu.needs.models import Topic

from .gathering import Gathering


class Offer(models.Model):
    """A person's offer to share about a topic."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="offers")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    word = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    gathering = models.ForeignKey(Gathering, models.SET_NULL, null=True, related_name="offers", help_text="Made of it.")

    class Meta:
        constraints = [models.UniqueConstraint("topic", "by", name="offer_once")]

    def __str__(self) -> str:
        return f"{self.by} → {self.topic}"


class SharerWanted(models.Model):
    """Base of searches for a sharer, for a topic or for a gathering without one."""

    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="%(class)ss")
    gathering = models.ForeignKey(Gathering, models.CASCADE, null=True, related_name="%(class)ss")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(topic=None, gathering__isnull=False) | Q(topic__isnull=False, gathering=None),
                name="%(class)s_is_for_one_thing",
            )
        ]

    @property
    def wanted_for(self) -> Topic | Gathering:
        """The topic or gathering."""
        thing = self.topic or self.gathering
        assert thing is not None
        return thing

    @property
    def community_id(self) -> int:
        """The community of the topic or gathering."""
        return self.wanted_for.community_id

    @property
    def is_still_wanted(self) -> bool:
        """Whether a sharer is still wanted."""
        return wants_sharer(self.wanted_for)


def wants_sharer(thing: Topic | Gathering) -> bool:
    """Return whether a topic or gathering still looks for a sharer."""
    if isinstance(thing, Topic):
        return thing.state == Topic.State.OPEN
    return thing.is_ahead and thing.sharer_id is None and not (thing.is_tea_chat or thing.is_lightning)


STILL_WANTED = Q(topic__state=Topic.State.OPEN) | Q(
    gathering__state__in=[Gathering.State.PLANNING, Gathering.State.FIXED], gathering__sharer=None
)


class Nomination(SharerWanted):
    """A colleague's nomination of a sharer. The nominee decides; only the nominator learns of a no."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("nomination", "No answer yet")
        YES = "yes", pgettext_lazy("nomination", "Would speak")
        NO = "no", pgettext_lazy("nomination", "Not this time")

    person = models.ForeignKey(Person, models.CASCADE, related_name="nominations")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    word = models.CharField(max_length=300, blank=True, help_text="What the named person answers.")
    answered_at = models.DateTimeField(null=True)

    class Meta(SharerWanted.Meta):
        constraints = [
            *SharerWanted.Meta.constraints,
            models.UniqueConstraint("topic", "person", name="nomination_once_a_topic"),
            models.UniqueConstraint("gathering", "person", name="nomination_once_a_gathering"),
        ]
        indexes = [models.Index(fields=["person", "state"], name="nomination_by_person")]

    def get_absolute_url(self) -> str:
        """Return the page where the nominee answers."""
        return address("gatherings:nomination", self.pk)


class DepartmentAsk(SharerWanted):
    """A request to a department to send someone; its head names them or declines."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("department asked", "No answer yet")
        NAMED = "named", pgettext_lazy("department asked", "Nominated someone")
        DECLINED = "declined", pgettext_lazy("department asked", "Not this time")

    department = models.ForeignKey(Department, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    word = models.CharField(max_length=300, blank=True, help_text="What the head answers.")
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta(SharerWanted.Meta):
        constraints = [
            *SharerWanted.Meta.constraints,
            models.UniqueConstraint("topic", "department", name="department_asked_once_a_topic"),
            models.UniqueConstraint("gathering", "department", name="department_asked_once_a_gathering"),
        ]

    def get_absolute_url(self) -> str:
        """Return the page where the head answers."""
        return address("gatherings:department_ask", self.pk)
