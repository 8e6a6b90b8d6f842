"""Secret addresses of a person that work without sign-in: their calendar, and mail in their name."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import F

from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require

from .facts import SecretAddressesRenewed
from .models import Person
from .rules import can_edit_profile


def renew_addresses(person: Person, *, by: Person) -> None:
    """Replace the person's calendar address and mail addresses; the old ones stop working."""
    require(can_edit_profile, by, person)
    with transaction.atomic():
        key = secrets.token_urlsafe(24)
        Person.objects.filter(pk=person.pk).update(calendar_key=key, address_round=F("address_round") + 1)
        announce(SecretAddressesRenewed(person_id=person.pk, by_id=by.pk))
