"""Presence and quiet hours: queried by any page that shows people, answered by higher apps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .registry import Provider

# Returns those of the given ids that are online.
who_is_here: Provider[Callable[[Iterable[int]], frozenset[int]]] = Provider("who is here")

# Returns until when each person has do not disturb on, by id; people without it are left out.
who_rests: Provider[Callable[[Sequence[Any]], dict[int, dt.datetime]]] = Provider("who rests")


def here_now(person_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the people who are online. The caller has checked who may be seen."""
    return who_is_here.provider(person_ids)


@dataclass(frozen=True)
class Presence:
    """A person's availability.

    Args:
        here: online, or away. until: do not disturb until then.
    """

    here: bool
    until: dt.datetime | None = None


def presence_of(people: Sequence[Any]) -> dict[int, Presence]:
    """Return people's availability by id. The caller has checked who may be seen. Bots are never online or away."""
    people = [person for person in people if person.kind != "bot"]
    here = here_now([person.pk for person in people])
    rests = who_rests.provider(people)
    return {person.pk: Presence(person.pk in here, rests.get(person.pk)) for person in people}
