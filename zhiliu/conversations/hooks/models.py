"""The nouns of hooks."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiliu.directory.models import Person

# Channels are named by text: their module imports this one.
_CHANNEL = "conversations.Channel"


class IncomingHook(models.Model):
    """A program may write in a channel, as a bot of its own. Of its key only the digest is kept."""

    channel = models.ForeignKey(_CHANNEL, models.CASCADE, related_name="incoming_hooks")
    name = models.CharField(max_length=40)
    bot = models.OneToOneField(Person, models.CASCADE, related_name="incoming_hook")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its key.")
    mail_digest = models.CharField(
        max_length=64, unique=True, null=True, help_text="SHA-256 of the secret in its mail address."
    )
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class OutgoingHook(models.Model):
    """A program is told what is said in a channel."""

    channel = models.ForeignKey(_CHANNEL, models.CASCADE, related_name="outgoing_hooks")
    url = models.URLField(max_length=400)
    secret = models.CharField(max_length=64, help_text="Signs what is sent; shown once to who made it.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, help_text="Of the last try, when it failed.")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "channel", "url", condition=models.Q(closed_at=None), name="outgoing_hook_once_in_a_channel"
            )
        ]

    def __str__(self) -> str:
        return self.url


class HookDelivery(models.Model):
    """Something an outgoing hook is to be told. Its number stays the same when it is sent again."""

    hook = models.ForeignKey(OutgoingHook, models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField(help_text="Of the fact in the log: told once, also when the log is read again.")
    event = models.CharField(max_length=20)
    message_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("hook", "position", name="hook_told_once")]
        indexes = [models.Index(fields=["at"], name="hook_delivery_by_time")]
