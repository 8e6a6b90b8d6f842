"""The first minutes of an installation."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.calendar import seed_year
from zhiliu.directory.joining import new_person
from zhiliu.directory.models import Organisation, Person
from zhiliu.kit.errors import Refused


def set_up(*, organisation: str, name: str, email: str) -> str:
    """Name the organisation, seed the working calendar, make the first administrator.

    Returns:
        The administrator's password, shown once.

    Raises:
        Refused: there is an administrator already.
    """
    if Person.objects.filter(is_admin=True).exists():
        raise Refused(_("This installation has been set up already."))
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        Organisation(name=organisation).save()
        for year in (timezone.localdate().year, timezone.localdate().year + 1):
            seed_year(year)
        new_person(name=name, email=email, password=password, is_admin=True)
    return password
