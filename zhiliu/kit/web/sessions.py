"""Database sessions that know their account and expire when unused.

The query every page needs is compiled once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.dispatch import Signal
from django.utils import timezone

from ..contracts.audit import current_client_info
from ..models import Session
from ..system.db import CompiledQuery

# Last use is written at most this often.
NOTED_EVERY = dt.timedelta(minutes=10)
STARTED = "_started_at"

# Sent with ``old`` and ``new`` when a session goes on under another key, as it does with a new password.
key_changed = Signal()

_session = CompiledQuery(lambda key: Session.objects.filter(session_key=key).order_by(), "")


class SessionStore(DatabaseSessions):
    """Django's database sessions, in a table that knows the account."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return our own model."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for these data."""
        session = cast(Session, super().create_model_instance(data))
        account, now, whence = data.get(SESSION_KEY), timezone.now(), current_client_info()
        session.account_id = int(account) if account else None
        session.address, session.agent = whence.address[:45], whence.agent[:200]
        session.started_at = dt.datetime.fromisoformat(data[STARTED]) if STARTED in data else now
        session.seen_at = now
        return session

    def cycle_key(self) -> None:
        """Go on under a new key."""
        old = self.session_key
        super().cycle_key()
        key_changed.send(type(self), old=old or "", new=self.session_key or "")

    def _get_session_from_db(self) -> Session | None:
        session = _session.first(self.session_key or "")
        now = timezone.now()
        if session is None or session.expire_date <= now or session.seen_at + idle_limit() <= now:
            # An unknown or expired session starts empty, under a new key of our own.
            self._session_key = None
            return None
        if session.seen_at + NOTED_EVERY <= now:
            Session.objects.filter(pk=session.pk).update(seen_at=now)
        return session


def idle_limit() -> dt.timedelta:
    """Return the time without use after which a session expires."""
    return dt.timedelta(days=settings.SESSION_IDLE_DAYS)
