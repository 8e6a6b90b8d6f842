"""Models of hooks."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person

# Channels are referenced by name, because their module imports this one.
_CHANNEL = "conversations.Channel"


class IncomingHook(models.Model):
    """The address through which a program posts in a channel as its own bot. Only the digest of the key is stored."""

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


def tells_messages() -> list[str]:
    """Return the default events of an outgoing hook."""
    return ["messages"]


class OutgoingHook(models.Model):
    """The address of a program, or of a group-chat robot, that receives messages and news of a channel."""

    class Kind(models.TextChoices):
        JSON = "json", pgettext_lazy("kind of address", "A program (JSON, signed)")
        WECOM = "wecom", pgettext_lazy("kind of address", "Robot of a WeCom group")
        DINGTALK = "dingtalk", pgettext_lazy("kind of address", "Robot of a DingTalk group")
        FEISHU = "feishu", pgettext_lazy("kind of address", "Robot of a Feishu group")
        SLACK = "slack", pgettext_lazy("kind of address", "Slack or compatible")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.JSON)
    robot_secret = models.CharField(
        max_length=120, blank=True, help_text="Given by the other side to sign with; DingTalk and Feishu have one."
    )
    tells = models.JSONField(default=tells_messages, help_text="What of: messages, and keys of news of the community.")
    next_at = models.DateTimeField(
        null=True, help_text="A robot is told nothing before then: it takes so many a minute."
    )
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
    """A delivery of an outgoing hook. Its id stays the same in retries."""

    hook = models.ForeignKey(OutgoingHook, models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField(help_text="Of the fact in the log: told once, also when the log is read again.")
    event = models.CharField(max_length=40)
    message_id = models.BigIntegerField(null=True)
    thing = models.CharField(max_length=20, blank=True, help_text="Kind of what is new, when it is no message.")
    thing_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True, help_text="Whose news it is; nobody where it came without a name.")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("hook", "position", name="hook_told_once")]
        indexes = [models.Index(fields=["at"], name="hook_delivery_by_time")]


class CommandHook(models.Model):
    """A program that answers a command of a channel: ``/word`` calls it, and its own bot posts the answer."""

    channel = models.ForeignKey(_CHANNEL, models.CASCADE, related_name="command_hooks")
    word = models.CharField(max_length=20)
    hint = models.CharField(max_length=80, blank=True, help_text="What it does; shown while one types.")
    url = models.URLField(max_length=400)
    secret = models.CharField(max_length=64, help_text="Signs what is sent; shown once to who made it.")
    bot = models.OneToOneField(Person, models.CASCADE, related_name="command_hook")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=200, blank=True, help_text="Of the last call, when it failed.")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["word", "pk"]
        constraints = [
            models.UniqueConstraint(
                "channel", "word", condition=models.Q(closed_at=None), name="command_word_once_in_a_channel"
            )
        ]

    def __str__(self) -> str:
        return f"/{self.word}"


class CommandCall(models.Model):
    """A call of a program's command; the answer is shown to the caller, or posted in the channel."""

    hook = models.ForeignKey(CommandHook, models.CASCADE, related_name="calls")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    client_id = models.CharField(max_length=40, help_text="Of the sender's device; sent twice, asked once.")
    root_id = models.BigIntegerField(null=True)
    rest = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)
    said = models.TextField(blank=True, help_text="What is shown to who asked; empty when the channel was told.")

    class Meta:
        constraints = [models.UniqueConstraint("by", "client_id", name="command_called_once")]
        indexes = [models.Index(fields=["at"], name="command_call_by_time")]
