"""Sign-in links, their mailings, and counted attempts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.web.addresses import address

from .people import Person


class LoginLink(models.Model):
    """A link to set a password and sign in. Works once, expires.

    Guests get one by mail with their invitation, people who forgot their password on request; people without mail get
    one from an administrator.
    """

    class Purpose(models.TextChoices):
        INVITED = "invited", _("Invitation of a guest")
        FORGOTTEN = "forgotten", _("Password reset")
        HANDED = "handed", _("Shared by an administrator")

    person = models.ForeignKey(Person, models.CASCADE, related_name="login_links")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.INVITED)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True, help_text="When it was used, or replaced by a newer one.")


class LinkMailing(models.Model):
    """A mailing of links for a first sign-in, sent one by one."""

    about = models.CharField(max_length=200, help_text="Whose they are: a department or a file, as it was called.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    rows: Any

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="link_mailing_by_time")]

    def __str__(self) -> str:
        return self.about

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return address("managing:mailing", self.pk)


class LinkMail(models.Model):
    """The delivery of one person's mail."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("link mail", "Waiting")
        SENDING = "sending", pgettext_lazy("link mail", "Being sent")
        SENT = "sent", pgettext_lazy("link mail", "Sent")
        FAILED = "failed", pgettext_lazy("link mail", "Rejected by the mail server")
        NO_ADDRESS = "no_address", pgettext_lazy("link mail", "No email address")
        NOT_NEEDED = "not_needed", pgettext_lazy("link mail", "No longer needed")

    mailing = models.ForeignKey(LinkMailing, models.CASCADE, related_name="rows", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    link = models.ForeignKey(LoginLink, models.SET_NULL, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=200, blank=True, help_text="What the mail server said when it did not take it.")
    at = models.DateTimeField(null=True, help_text="When it was taken up last.")

    class Meta:
        constraints = [models.UniqueConstraint("mailing", "person", name="link_mail_once")]
        indexes = [models.Index(fields=["mailing", "state", "tries", "id"], name="link_mail_by_state")]

    def __str__(self) -> str:
        return f"{self.mailing_id}: {self.person_id}"


class Attempt(models.Model):
    """One attempt at something rate-limited; rows are deleted after a day."""

    key = models.CharField(max_length=64, help_text="Digest of what is tried, and by whom or from where.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]
