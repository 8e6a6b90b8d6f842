"""Turns administrative facts into entries, in the transaction of the act."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from zhiliu.kit.contracts.audit import Change, current_client_info
from zhiliu.kit.contracts.facts import Fact

from .models import Entry


def record_entry(fact: Fact, change: Change) -> None:
    """Record an administrative act."""
    entry_of(fact, change, at=timezone.now()).save()


def entry_of(fact: Fact, change: Change, *, at: dt.datetime) -> Entry:
    """Return the unsaved entry of an act."""
    where = current_client_info()
    return Entry(
        verb=fact.name,
        by_id=fact.by_id,
        community_id=fact.community_id,
        model=change.model,
        subject=change.subject,
        before=change.before,
        after=change.after,
        ids=fact.payload(),
        door=where.door,
        address=where.address or None,
        agent=where.agent[:200],
        at=at,
    )
