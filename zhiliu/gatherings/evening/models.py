"""Models of an evening sharing."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from zhiliu.conversations.models import Channel, Message

# A string reference, because the gathering models import this module.
_GATHERING = "gatherings.Gathering"


class Evening(models.Model):
    """How a gathering runs in a channel. Number fields hold message numbers of the channel."""

    class Phase(models.TextChoices):
        BEFORE = "before", pgettext_lazy("evening sharing", "Not begun")
        GUEST = "guest", pgettext_lazy("evening sharing", "The guest shares")
        QUESTIONS = "questions", pgettext_lazy("evening sharing", "Questions")
        OVER = "over", pgettext_lazy("evening sharing", "Over")

    gathering = models.OneToOneField(_GATHERING, models.CASCADE, related_name="evening")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="evenings")
    guest_minutes = models.PositiveSmallIntegerField(default=30)
    phase = models.CharField(max_length=9, choices=Phase.choices, default=Phase.BEFORE)
    aside = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="+", help_text="Under it everybody talks along."
    )
    first_number = models.BigIntegerField(null=True)
    questions_number = models.BigIntegerField(null=True)
    last_number = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel"],
                condition=models.Q(phase__in=["guest", "questions"]),
                name="one_evening_in_a_channel",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id} in {self.channel_id}"

    @property
    def is_live(self) -> bool:
        """Whether the guest's part or the questions run now."""
        return self.phase in (self.Phase.GUEST, self.Phase.QUESTIONS)


class SheetLine(models.Model):
    """A line of the run sheet: an announcement posted in the channel in the host's name at a minute of the evening.

    ``minute`` counts from the start; earlier minutes are negative.
    """

    evening = models.ForeignKey(Evening, models.CASCADE, related_name="lines")
    minute = models.SmallIntegerField()
    text = models.CharField(max_length=300)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["minute", "pk"]
        constraints = [models.UniqueConstraint("evening", "minute", "text", name="sheet_line_once")]
        indexes = [models.Index(fields=["evening"], condition=models.Q(sent_at=None), name="sheet_line_waiting")]

    def __str__(self) -> str:
        return self.text

    @property
    def moment(self) -> dt.datetime | None:
        """The time it is due; None while the gathering has no time."""
        starts_at: dt.datetime | None = self.evening.gathering.starts_at
        return starts_at + dt.timedelta(minutes=self.minute) if starts_at else None
