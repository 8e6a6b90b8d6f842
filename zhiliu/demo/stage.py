"""Shared state of the builders: people and objects by key, the clock, the random generator, and the log.

Rows are written in bulk with their own dates; the facts they stand for are collected and written to the log at the
end, oldest first, as if half a year had passed.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zhiliu.activity.models import Activity
from zhiliu.audit.models import Entry
from zhiliu.audit.recording import entry_of
from zhiliu.kit.contracts import audit, facts
from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import Fact

from .clock import Clock

SEED = 20260701


class Stage:
    """The sample company while it is being built."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.chance = random.Random(SEED)
        self.people: dict[str, Any] = {}
        self.others: list[Any] = []
        self.communities: dict[str, Any] = {}
        self.members: dict[str, list[Any]] = {}
        self.needs: dict[str, Any] = {}
        self.topics: dict[str, Any] = {}
        self.gatherings: dict[str, Any] = {}
        self.articles: dict[str, Any] = {}
        self._facts: list[tuple[dt.datetime, Fact]] = []
        self._entries: list[Entry] = []
        self._moment: dt.datetime | None = None

    def tell(self, fact: Fact, at: dt.datetime) -> None:
        """Collect a fact for the log."""
        self._facts.append((at, fact))

    @contextmanager
    def moment(self, at: dt.datetime) -> Iterator[None]:
        """Backdate facts announced inside to ``at``."""
        self._moment = at
        try:
            yield
        finally:
            self._moment = None

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Collect announced facts here instead of writing them to the log."""
        recorder, auditor = facts.recorder.provider, audit.auditor.provider
        facts.recorder.provide(lambda fact: self.tell(fact, self._moment or self.clock.now))
        audit.auditor.provide(self._keep)
        try:
            yield
        finally:
            facts.recorder.provide(recorder)
            audit.auditor.provide(auditor)

    def _keep(self, fact: Fact, change: Change) -> None:
        """Collect an audit entry, for acts with an actor and a set time."""
        if fact.by_id and self._moment:
            self._entries.append(entry_of(fact, change, at=self._moment))

    def write_log(self) -> None:
        """Write all collected facts, oldest first."""
        self._facts.sort(key=lambda pair: pair[0])
        rows = [_row(fact, at) for at, fact in self._facts]
        Activity.objects.bulk_create(rows, batch_size=1000)
        Entry.objects.bulk_create(sorted(self._entries, key=lambda entry: entry.at))

    def some(self, people: list[Any], count: int, without: set[int] | None = None) -> list[Any]:
        """Return ``count`` random people, reproducibly."""
        candidates = [person for person in people if person.pk not in (without or set())]
        return self.chance.sample(candidates, min(count, len(candidates)))


def _row(fact: Fact, at: dt.datetime) -> Activity:
    kind, thing_id = (fact.about[0], getattr(fact, fact.about[1])) if fact.about else ("", None)
    return Activity(
        verb=fact.name,
        by_id=fact.by_id,
        community_id=fact.community_id,
        kind=kind,
        thing_id=thing_id,
        data=fact.payload(),
        at=at,
    )
