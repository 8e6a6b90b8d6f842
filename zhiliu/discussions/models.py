"""Models of questions and posts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.reach import reach
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address
from zhiliu.knowledge.models import Article
from zhiliu.search.models import Tag

PRESSING = dt.timedelta(days=30)


class QuestionQuerySet(models.QuerySet["Question"]):
    """Queries about questions."""

    def visible_to(self, person: Person) -> QuestionQuerySet:
        """Return standing questions of communities in the person's reach; the twin of ``rules.can_see``."""
        return self.standing().filter(reach(person).community_q("community"))

    def standing(self) -> QuestionQuerySet:
        """Return those that were not deleted."""
        return self.filter(withdrawn_at=None)

    def open(self) -> QuestionQuerySet:
        """Return those without an accepted answer that are no duplicates."""
        return self.standing().filter(resolution=None, duplicate_of=None)

    def at_work(self) -> QuestionQuerySet:
        """Return those of communities that are not archived: elsewhere nothing can be answered or accepted."""
        return self.exclude(community__phase=Community.Phase.ARCHIVED)

    def waiting(self) -> QuestionQuerySet:
        """Return open ones of the last 30 days that only the asker may have answered.

        Older ones are no longer urgent.
        """
        return self.open().filter(first_answer_at=None, at__gt=timezone.now() - PRESSING)

    def unanswered(self) -> QuestionQuerySet:
        """Return those without any answer."""
        return self.standing().filter(answer_count=0, duplicate_of=None)


class Question(models.Model):
    """A question, open until an answer is accepted."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="questions")
    title = models.CharField(max_length=120)
    body = models.TextField(max_length=8000, blank=True)
    html = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="questions")
    at = models.DateTimeField(default=timezone.now)
    tags = models.ManyToManyField(Tag, related_name="questions", blank=True)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="owned_questions")
    first_answer_at = models.DateTimeField(null=True, help_text="By somebody else than who asked.")
    answer_count = models.PositiveIntegerField(default=0)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="duplicates")
    late_told_at = models.DateTimeField(null=True, help_text="When its manager was told that a newcomer waits.")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects: Any = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["community", "-at", "-id"], name="question_by_time"),
            models.Index(fields=["by", "-at", "-id"], name="question_by_asker"),
            models.Index(fields=["at"], name="question_waiting", condition=Q(first_answer_at=None)),
        ]
        constraints = [models.CheckConstraint(condition=~Q(duplicate_of=models.F("id")), name="no_copy_of_itself")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the question's page."""
        return address("discussions:question", self.pk)

    @property
    def is_resolved(self) -> bool:
        """Whether an answer was accepted."""
        return hasattr(self, "resolution")

    @property
    def is_duplicate(self) -> bool:
        """Whether it was closed as a duplicate."""
        return self.duplicate_of_id is not None


class Answer(models.Model):
    """An answer to a question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="answers")
    body = models.TextField(max_length=8000)
    html = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    vote_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["question", "-vote_count", "at"], name="answer_by_votes"),
            models.Index(fields=["by", "-at", "-id"], name="answer_by_author"),
        ]

    def __str__(self) -> str:
        return self.body[:40]

    def get_absolute_url(self) -> str:
        """Return the answer's anchor on the question's page."""
        return f"{address('discussions:question', self.question_id)}#answer-{self.pk}"


class Resolution(models.Model):
    """The acceptance of an answer, and why it solved the question. Deleting the row undoes it."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="resolution")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="resolutions")
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.why[:40]


class QuestionFollow(models.Model):
    """A person who is notified of answers."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="followers")
    by = models.ForeignKey(Person, models.CASCADE, related_name="followed_questions")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("question", "by", name="question_follow_once")]


class Finding(models.Model):
    """A search result that answered a question before it was asked; counted once a day."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="findings")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    thing_id = models.BigIntegerField()
    words = models.CharField(max_length=120, help_text="Of the question that was not asked.")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("by", "kind", "thing_id", "on", name="finding_once_a_day")]
        indexes = [models.Index(fields=["community", "on"], name="finding_by_day")]

    def __str__(self) -> str:
        return self.words


class FaqEntry(models.Model):
    """The article a resolved question became."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="faq_entry")
    article = models.OneToOneField(Article, models.CASCADE, related_name="faq_entry")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "faq entries"

    def __str__(self) -> str:
        return str(self.article)


class ExpertRequest(models.Model):
    """A request to a colleague who may know. One is open at a time."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("expert request", "Asked")
        ANSWERED = "answered", pgettext_lazy("expert request", "Answered")
        DECLINED = "declined", pgettext_lazy("expert request", "Can’t answer")
        PASSED = "passed", pgettext_lazy("expert request", "No answer so far")

    question = models.ForeignKey(Question, models.CASCADE, related_name="expert_requests")
    person = models.ForeignKey(Person, models.CASCADE, related_name="expert_requests")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", help_text="Nobody: asked by itself.")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    settled_at = models.DateTimeField(null=True)
    evidence_kind = models.CharField(max_length=20, blank=True, help_text="What speaks for them, if anything does.")
    evidence_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("question", "person", name="expert_asked_once"),
            models.UniqueConstraint("question", condition=Q(state="waiting"), name="one_expert_at_a_time"),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="expert_request_by_person")]

    def __str__(self) -> str:
        return f"{self.person} ← {self.question}"


class AskingLimit(models.Model):
    """How many requests a week a person accepts; :data:`experts.USUAL` without a row."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="asking_limit")
    most = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return str(self.most)


class Weekday(models.IntegerChoices):
    """Days of the week as Python numbers them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Duty(models.Model):
    """A line of a community's rota: someone is on duty at certain hours of a weekday."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="duties")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts = models.TimeField()
    ends = models.TimeField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="duties")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["weekday", "starts", "pk"]
        constraints = [
            models.UniqueConstraint("community", "weekday", "starts", "ends", "person", name="duty_once"),
            models.CheckConstraint(condition=~Q(ends=models.F("starts")), name="duty_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.hours}"

    @property
    def hours(self) -> str:
        """The hours in words. A night shift ends on the next day."""
        begin, end = f"{self.starts:%H:%M}", f"{self.ends:%H:%M}"
        if self.ends < self.starts:
            return pgettext("hours on duty", "%(begin)s–%(end)s the next day") % {"begin": begin, "end": end}
        return f"{begin}–{end}"


class PostQuerySet(models.QuerySet["Post"]):
    """Queries about posts."""

    def visible_to(self, person: Person) -> PostQuerySet:
        """Return standing posts of communities in the person's reach; the twin of ``rules.can_see_post``."""
        return self.filter(reach(person).community_q("community"), withdrawn_at=None)


class Post(models.Model):
    """A contribution to discuss that is no question."""

    class Kind(models.TextChoices):
        EXPERIENCE = "experience", pgettext_lazy("post", "Experience")
        IDEA = "idea", pgettext_lazy("post", "Idea")
        SUGGESTION = "suggestion", pgettext_lazy("post", "Suggestion")
        PLAN = "plan", pgettext_lazy("post", "Plan to discuss")

    community = models.ForeignKey(Community, models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EXPERIENCE)
    title = models.CharField(max_length=120)
    body = models.TextField(max_length=20_000)
    html = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="posts")
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    vote_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["community", "-at", "-id"], name="post_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the post's page."""
        return address("discussions:post", self.pk)
