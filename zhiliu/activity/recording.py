"""Facts become rows of the log, in the transaction of the act."""

from __future__ import annotations

from zhiliu.kit.facts import Fact

from .models import Activity


def record(fact: Fact) -> None:
    """Write ``fact`` to the log."""
    kind, thing_id = "", None
    if fact.about is not None:
        kind, thing_id = fact.about[0], getattr(fact, fact.about[1])
    Activity.objects.create(
        verb=fact.verb,
        by_id=fact.by_id,
        community_id=fact.community_id,
        kind=kind,
        thing_id=thing_id,
        data=fact.payload(),
    )
