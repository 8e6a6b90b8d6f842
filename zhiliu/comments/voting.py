"""Voting for objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce

from .facts import Voted
from .models import Vote


@dataclass(frozen=True)
class Votes:
    """The number of votes for an object, and whether the reader's is among them."""

    count: int = 0
    mine: bool = False


def set_vote(kind: str, thing_id: int, *, on: bool, by: Person, community_id: int | None = None) -> Votes:
    """Set or withdraw a vote. Idempotent: the requested state is given."""
    with transaction.atomic():
        if on:
            _vote, changed = Vote.objects.get_or_create(kind=kind, thing_id=thing_id, by=by)
        else:
            changed = bool(Vote.objects.filter(kind=kind, thing_id=thing_id, by=by).delete()[0])
        if changed:
            announce(Voted(kind=kind, thing_id=thing_id, on=on, community_id=community_id, by_id=by.pk))
    return votes_on(kind, [thing_id], by)[thing_id]


def votes_on(kind: str, keys: Iterable[int], person: Person) -> dict[int, Votes]:
    """Return votes by id, for all of ``keys``, in one query."""
    keys = list(keys)
    rows = (
        Vote.objects.filter(kind=kind, thing_id__in=keys)
        .values("thing_id")
        .annotate(count=Count("pk"), mine=Count("pk", filter=Q(by=person)))
        .values_list("thing_id", "count", "mine")
    )
    votes = {key: Votes(count, bool(mine)) for key, count, mine in rows}
    return {key: votes.get(key, Votes()) for key in keys}
