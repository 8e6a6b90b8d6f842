"""Models of surveys."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person


def random_key() -> int:
    """Return a key that reveals nothing about when the row was written; small enough for JavaScript."""
    return secrets.randbits(53)


class Unordered(models.Model):
    """A row with a random key, so that the order of writing is not stored.

    The column must be an ``AutoField``: only then does SQLite use it as its rowid instead of adding another one.
    """

    id = models.BigAutoField(primary_key=True, default=random_key, editable=False)

    class Meta:
        abstract = True


class Survey(models.Model):
    """Questions about an object; one survey per object and purpose."""

    kind = models.CharField(max_length=20, help_text="Kind of the thing it belongs to.")
    thing_id = models.BigIntegerField()
    purpose = models.CharField(max_length=20, help_text="What it is for, e.g. feedback.")
    title = models.CharField(max_length=80)
    is_anonymous = models.BooleanField(default=False)
    closes_at = models.DateTimeField(null=True)
    community_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answered_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("kind", "thing_id", "purpose", name="survey_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Return True if it accepts answers."""
        return self.closes_at is None or timezone.now() < self.closes_at


class Question(models.Model):
    """One question.

    ``options`` are the choices, for a scale the labels of its two ends; ``right`` are the indexes of the right ones.
    """

    class Kind(models.TextChoices):
        SCALE = "scale", pgettext_lazy("question", "Scale 1 to 5")
        CHOICE = "choice", pgettext_lazy("question", "Choice")
        TEXT = "text", pgettext_lazy("question", "Text")
        SCORED = "scored", pgettext_lazy("question", "Choice with points")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    text = models.CharField(max_length=200)
    options = models.JSONField(default=list)
    right = models.JSONField(default=list)
    points = models.PositiveSmallIntegerField(default=1)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint("survey", "order", name="survey_question_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def has_options(self) -> bool:
        """Return True if it offers choices."""
        return self.kind in (self.Kind.CHOICE, self.Kind.SCORED)


class Response(Unordered):
    """One submitted response. For an anonymous survey neither person nor time is stored."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)


class Answer(Unordered):
    """The answer to one question: ``number`` is the grade or the index of the option, ``text`` the written text."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    number = models.SmallIntegerField(null=True)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("response", "question", name="answer_once")]

    @property
    def value(self) -> Any:
        """Return the answer."""
        return self.text if self.question.kind == Question.Kind.TEXT else self.number


class Answered(Unordered):
    """A person has answered a survey; without time, and without a link to the response."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answered")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("survey", "person", name="answered_once")]
