"""People change their own password."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.errors import Refused

from .facts import PasswordChanged
from .models import Person
from .throttling import may_try

TRIES, MINUTES = 8, 15


def change_password(person: Person, *, old: str, new: str) -> None:
    """Set a new password after checking the old one. Open links stop working, and so do all sessions but the one the
    caller keeps.

    Args:
        new: already validated by the form.

    Raises:
        Refused: the old password is wrong, or was wrong too often.
    """
    if not may_try("password", person.pk, limit=TRIES, minutes=MINUTES):
        raise Refused(_("Too many attempts. Try again in 15 minutes, or ask an administrator."))
    if not person.check_password(old):
        raise Refused(_("That is not your current password."), field="old")
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=["password"])
        person.login_links.filter(used_at=None).update(used_at=timezone.now())
        announce(PasswordChanged(person_id=person.pk, by_id=person.pk))
