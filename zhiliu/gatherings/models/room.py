"""Models of the room: questions, pulse and reminders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person
from zhiliu.surveys.models import Unordered

from .gathering import Gathering, LightningTalk


class Question(Unordered):
    """A question to the sharer. An anonymous one stores neither person nor time, only the day.

    Keys are random, so that the log's times cannot be matched with the order of the questions.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("question", "Waiting")
        ANSWERING = "answering", pgettext_lazy("question", "Answering now")
        ANSWERED = "answered", pgettext_lazy("question", "Answered")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="questions")
    text = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, help_text="Of the words: the same question is asked once.")
    talk = models.ForeignKey(LightningTalk, models.SET_NULL, null=True, related_name="questions")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    is_anonymous = models.BooleanField(default=False)
    on = models.DateField(default=timezone.localdate)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    answer = models.CharField(max_length=2000, blank=True)
    vote_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("gathering", "digest", name="question_once"),
            models.UniqueConstraint(
                fields=["gathering"], condition=Q(state="answering"), name="one_question_being_answered"
            ),
            models.CheckConstraint(
                condition=~Q(is_anonymous=True, by__isnull=False), name="anonymous_question_is_nobody"
            ),
        ]
        indexes = [models.Index(fields=["gathering", "state", "-vote_count"], name="question_by_votes")]

    def __str__(self) -> str:
        return self.text


class Pulse(models.Model):
    """How many people chose a word in a minute of a gathering, never who. Deleted after ten minutes."""

    class Word(models.TextChoices):
        WITH_YOU = "with_you", pgettext_lazy("pulse", "Got it")
        SLOWER = "slower", pgettext_lazy("pulse", "Slow down")
        EXAMPLE = "example", pgettext_lazy("pulse", "Give an example")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="pulses")
    word = models.CharField(max_length=8, choices=Word.choices)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("gathering", "word", "minute", name="pulse_once")]


class Reminder(models.Model):
    """The time a reminder is due; announced once."""

    class Kind(models.TextChoices):
        TWO_DAYS = "two_days", pgettext_lazy("reminder", "2 days before")
        ONE_HOUR = "one_hour", pgettext_lazy("reminder", "1 hour before")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    due_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("gathering", "kind", name="reminder_once")]
        indexes = [models.Index(fields=["due_at"], name="reminder_due", condition=Q(announced_at=None))]
