"""Rate limits of password sign-in, counted per person, however their name is spelled.

Three counters: one person from one address (quickly full), one address over all names, and one person over all
addresses (slowly full; it exempts addresses where the person is signed in, so that nobody can lock a colleague out). An
attempt is recorded before the password is checked, so that concurrent attempts count, and deleted if it is correct.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.models import Session
from zhiliu.kit.system.rate_limit import RateLimit

from ..facts import SignInLocked
from ..models import Attempt, Person, folded_name
from ..throttling import record_attempts, times_like

QUARTER, DAY = dt.timedelta(minutes=15), dt.timedelta(days=1)
# An office shares one address.
OF_PERSON_HERE = RateLimit(8, QUARTER)
OF_ADDRESS = RateLimit(60, QUARTER)
OF_PERSON = RateLimit(40, DAY)


class Try:
    """One attempt at signing in.

    Args:
        name: as typed. address: the network address.
    """

    def __init__(self, name: str, address: str) -> None:
        self.person = Person.objects.known_as(name).first()
        self._who = str(self.person.pk) if self.person is not None else folded_name(name)
        self._address = address
        self._attempts: list[Attempt] = []

    def is_allowed(self) -> bool:
        """Record the try, and return whether the password may be checked."""
        names, limits = zip(*self._limits(), strict=True)
        self._attempts = record_attempts(names)
        pairs = zip(self._attempts, limits, strict=True)
        exceeded = [limit.is_exceeded(times_like(attempt)) for attempt, limit in pairs]
        if self.person is not None and self._is_first_refused_here():
            _announce_locked(self.person)
        return not any(exceeded)

    def _is_first_refused_here(self) -> bool:
        since = timezone.now() - OF_PERSON_HERE.window
        return Attempt.objects.filter(key=self._attempts[0].key, at__gt=since).count() == OF_PERSON_HERE.limit + 1

    def take_back(self) -> None:
        """The password fits: forget this try, and the wrong ones from this address."""
        Attempt.objects.filter(pk__in=[attempt.pk for attempt in self._attempts]).delete()
        Attempt.objects.filter(key=self._attempts[0].key).delete()

    def _limits(self) -> list[tuple[str, RateLimit]]:
        limits = [(f"signin:{self._who}@{self._address}", OF_PERSON_HERE), (f"signin:@{self._address}", OF_ADDRESS)]
        if not self._is_known_here():
            limits.append((f"signin:{self._who}@", OF_PERSON))
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
