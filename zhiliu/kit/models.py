"""Tables of the kit: submitted forms and sessions."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class SubmittedForm(models.Model):
    """A submitted form: sending it again repeats the first answer instead of acting twice.

    It stores neither sender nor time, only the day, because the form may have promised anonymity.
    """

    token = models.CharField(max_length=64, primary_key=True)
    location = models.CharField(max_length=500, blank=True)
    on = models.DateField(auto_now_add=True, db_index=True)


class Session(AbstractBaseSession):
    """A browser's session, with its account and when it was last used."""

    account_id = models.BigIntegerField(null=True, db_index=True, help_text="Of whoever has signed in.")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself.")
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the session engine."""
        from .web.sessions import SessionStore

        return SessionStore
