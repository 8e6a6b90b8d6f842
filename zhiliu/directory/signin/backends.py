"""Password sign-in by number, mail address or handle."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from zhiliu.kit.system.db import CompiledQuery

from ..models import Person


class PasswordBackend(BaseBackend):
    """Authenticates by password; leavers and bots never."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        """Return the person, or None. Takes as long for unknown names as for known ones."""
        if not username or not password:
            return None
        person = Person.objects.known_as(username).first()
        if person is None:
            Person().set_password(password)
            return None
        may_sign_in = person.is_active and person.kind != Person.Kind.BOT
        return person if person.check_password(password) and may_sign_in else None

    def get_user(self, user_id: int) -> Person | None:
        """Return the signed-in person of a session, with what every page frame shows."""
        return _signed_in.first(user_id)


# Needed by every page.
_signed_in = CompiledQuery(lambda key: Person.objects.filter(pk=key, is_active=True).order_by(), 1)
