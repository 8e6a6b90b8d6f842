"""Processed mails, rejections, and problems of the mailbox."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiliu.directory.models import Person


class ProcessedMail(models.Model):
    """A mail that was processed for one address; its digest detects duplicates. Its text is not stored."""

    class Outcome(models.TextChoices):
        TAKEN = "taken"
        DROPPED = "dropped"
        ANSWERED = "answered"
        REFUSED = "refused"

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of address and Message-ID.")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    said = models.CharField(max_length=300, blank=True, help_text="Why it was refused or dropped.")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["at"], name="processed_mail_by_time")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.digest[:12]}"


class RejectedMail(models.Model):
    """A rejection to be sent to the mail's author."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    message_id = models.CharField(max_length=400, blank=True, help_text="Of the letter.")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="rejected_mail_by_person")]

    def __str__(self) -> str:
        return self.reason[:40]


class MailboxProblem(models.Model):
    """A problem of the mailbox: it cannot be opened, or one of its mails cannot be processed."""

    key = models.CharField(max_length=80, unique=True, help_text="mailbox, or the letter's place in it.")
    text = models.CharField(max_length=300)
    since = models.DateTimeField(default=timezone.now)
    at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return self.text[:40]
