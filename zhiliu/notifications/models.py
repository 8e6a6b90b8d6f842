"""Notifications, preferences, outgoing mail, and devices that show notifications."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from zhiliu.directory.models import Person


class Notification(models.Model):
    """An inbox row: one per person, notification type and object, with a counter.

    While the row is unread, a repetition raises the counter; after it was read, the row becomes unread again.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notifications")
    notice = models.CharField(max_length=60, help_text="Key of the kind of notice.")
    kind = models.CharField(max_length=20, blank=True)
    thing_id = models.BigIntegerField(default=0)
    community_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True, help_text="Who acted last; nobody where anonymity was promised.")
    count = models.PositiveIntegerField(default=1)
    calls = models.BooleanField(default=False)
    details = models.JSONField(default=dict)
    began = models.JSONField(default=dict, help_text="The details of the first of those it counts.")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    position = models.BigIntegerField(default=0, help_text="Of the fact that wrote it last; a replay is recognised.")

    class Meta:
        constraints = [models.UniqueConstraint("person", "notice", "kind", "thing_id", name="notification_once")]
        indexes = [
            models.Index(fields=["person", "-at"], name="notification_by_time"),
            models.Index(fields=["person"], name="notification_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.notice} {self.kind} {self.thing_id}"


class Preference(models.Model):
    """How a person gets one group of notifications by mail and on devices; empty for the default of each type."""

    class Mail(models.TextChoices):
        NOW = "now", pgettext_lazy("mail", "Right away")
        DIGEST = "digest", pgettext_lazy("mail", "In the daily digest")
        NEVER = "never", pgettext_lazy("mail", "Never")

    class Push(models.TextChoices):
        NOW = "now", pgettext_lazy("push", "Show")
        NEVER = "never", pgettext_lazy("push", "Don’t show")

    person = models.ForeignKey(Person, models.CASCADE, related_name="preferences")
    group = models.CharField(max_length=20)
    mail = models.CharField(max_length=6, choices=Mail.choices, blank=True)
    push = models.CharField(max_length=6, choices=Push.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "group", name="preference_once")]


class QuietHours(models.Model):
    """A person's do-not-disturb times: hours in their own time zone (``ends`` may be past midnight), and until a
    moment.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="quiet_hours")
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    on_days_off = models.BooleanField(default=False, help_text="Days that are not worked are quiet from end to end.")
    until = models.DateTimeField(null=True, help_text="Quiet until then, whatever the hours say.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts=None, ends=None) | models.Q(starts__isnull=False, ends__isnull=False),
                name="quiet_from_and_until",
            )
        ]

    def __str__(self) -> str:
        hours = f"{self.starts:%H:%M}–{self.ends:%H:%M}" if self.starts and self.ends else ""
        return f"{hours} {self.until or ''}".strip()


class Delivery(models.Model):
    """An outgoing mail. Its Message-ID stays the same when it is sent again."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(Notification, models.CASCADE, null=True, related_name="deliveries")
    position = models.BigIntegerField(default=0)
    digest_on = models.DateField(null=True)
    message_id = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    dropped = models.CharField(max_length=80, blank=True, help_text="Why it was not sent.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "position"], condition=Q(notification__isnull=False), name="mail_once"
            ),
            models.UniqueConstraint(
                fields=["person", "digest_on"], condition=Q(digest_on__isnull=False), name="digest_once"
            ),
        ]


class PushDevice(models.Model):
    """A browser that shows a person's notifications: a subscription at its push service (RFC 8030).

    It lasts as long as the session it was made in.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=1000, help_text="Address at the push service; a secret.")
    endpoint_digest = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(max_length=90, help_text="Of the browser (P-256, base64url).")
    auth = models.CharField(max_length=24, help_text="Secret of the subscription (16 bytes, base64url).")
    session_key = models.CharField(max_length=40, db_index=True)
    agent = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself.")
    added_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True, help_text="When it last confirmed that it showed something.")

    class Meta:
        indexes = [models.Index(fields=["person", "-added_at"], name="push_device_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.endpoint_digest[:8]}"


class PushDelivery(models.Model):
    """A notification sent to one device."""

    device = models.ForeignKey(PushDevice, models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="push_deliveries")
    position = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True, help_text="When the device confirmed that it showed it.")
    dropped = models.CharField(max_length=80, blank=True, help_text="Why it was not sent.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "position", "device"], name="push_once_per_device")
        ]


class MailServer(models.Model):
    """The outgoing mail server set by an administrator; one declared for the installation takes precedence."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        NONE = "none", pgettext_lazy("encryption", "None")

    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=587)
    user = models.CharField(max_length=200, blank=True)
    secret = models.TextField(blank=True, help_text="The password, encrypted with the installation's key.")
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    sender = models.CharField(max_length=200, help_text="Whom mail comes from.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_mail_server")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class UndeliveredMail(models.Model):
    """A mail that failed when last tried; the row is deleted when it succeeds."""

    message_id = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    said = models.CharField(max_length=300, help_text="What the mail server said.")
    tries = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="undelivered_by_time")]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
