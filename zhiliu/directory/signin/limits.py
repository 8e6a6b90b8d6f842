"""Rate limits of password sign-in, counted per person, however their name is spelled.

Three counters: one person from one address (quickly full), one address over all names, and one person over all
addresses (slowly full; it exempts addresses where the person is signed in, so that nobody can lock a colleague out). An
attempt is recorded before the password is checked, so that concurrent attempts count, and deleted if it is correct.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.models import Session

from ..facts import SignInLocked
from ..models import Attempt, Person, folded_name

QUARTER = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """A maximum number of wrong passwords within a time."""

    most: int
    within: dt.timedelta


# An office shares one address.
OF_PERSON_HERE = Limit(8, QUARTER)
OF_ADDRESS = Limit(60, QUARTER)
OF_PERSON = Limit(40, DAY)


class Try:
    """One attempt at signing in.

    Args:
        name: as typed. address: the network address.
    """

    def __init__(self, name: str, address: str) -> None:
        self.person = Person.objects.known_as(name).first()
        self._who = str(self.person.pk) if self.person is not None else folded_name(name)
        self._address = address
        self._rows: list[Attempt] = []

    def is_allowed(self) -> bool:
        """Record the attempt; return True if the password may be checked."""
        now = timezone.now()
        Attempt.objects.filter(at__lt=now - DAY).delete()
        self._rows = [Attempt(key=_digest(key), at=now) for key, _limit in self._limits()]
        Attempt.objects.bulk_create(self._rows)
        full = [limit for key, limit in self._limits() if _count(key, limit) > limit.most]
        if full and self.person is not None and _count(*self._limits()[0]) == OF_PERSON_HERE.most + 1:
            _announce_locked(self.person)
        return not full

    def take_back(self) -> None:
        """Delete the attempt after a correct password, and the earlier wrong ones from this address."""
        Attempt.objects.filter(pk__in=[row.pk for row in self._rows]).delete()
        Attempt.objects.filter(key=_digest(self._limits()[0][0])).delete()

    def _limits(self) -> list[tuple[str, Limit]]:
        limits = [(f"{self._who}@{self._address}", OF_PERSON_HERE), (f"@{self._address}", OF_ADDRESS)]
        if not self._is_known_here():
            limits.append((f"{self._who}@", OF_PERSON))
        return limits

    def _is_known_here(self) -> bool:
        """Return True if the person has a session from this address."""
        if self.person is None:
            return False
        return Session.objects.filter(account_id=self.person.pk, address=self._address).exists()


def _announce_locked(person: Person) -> None:
    """Record once in the audit that too many passwords of a person were tried from one address."""
    with transaction.atomic():
        announce(SignInLocked(person_id=person.pk), change=Change(person.name, "directory.person"))


def _digest(key: str) -> str:
    return hashlib.sha256(f"signin:{key}".encode()).hexdigest()


def _count(key: str, limit: Limit) -> int:
    since = timezone.now() - limit.within
    return Attempt.objects.filter(key=_digest(key), at__gte=since).count()
