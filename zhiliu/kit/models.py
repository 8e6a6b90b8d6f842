"""The tables of the bottom floor: forms that were sent, and sessions."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class SubmittedForm(models.Model):
    """A form that was sent: sending it again answers as the first time instead of acting twice.

    Neither who sent it nor the time is kept, only the day: the form may have promised anonymity.
    """

    token = models.CharField(max_length=64, primary_key=True)
    location = models.CharField(max_length=500, blank=True)
    on = models.DateField(auto_now_add=True, db_index=True)


class Session(AbstractBaseSession):
    """A browser's session, with whose it is and where it was last used."""

    account_id = models.BigIntegerField(null=True, db_index=True, help_text="Of whoever has signed in.")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself.")
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> type:
        """The engine that keeps them."""
        from .web.sessions import SessionStore

        return SessionStore
