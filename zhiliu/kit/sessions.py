"""Sessions in the database, as Django keeps them; only the question every page asks is composed once."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from .db import Prepared

_session = Prepared(lambda key: Session.objects.filter(session_key=key).order_by(), "")


class SessionStore(DatabaseSessions):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _session.first(self.session_key or "")
        if found is None or found.expire_date <= timezone.now():
            # An unknown or expired session starts empty, under a key of our own.
            self._session_key = None
            return None
        return found

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Django's own table."""
        return Session
