"""Who is here now, and who rests: asked by any page that shows people, answered by the engines above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .registry import Provider

# Ids of those among the given ones who are here now.
who_is_here: Provider[Callable[[Iterable[int]], frozenset[int]]] = Provider("who is here")

# Until when somebody does not want to be disturbed, by id; who does not rest is left out.
who_rests: Provider[Callable[[Sequence[Any]], dict[int, dt.datetime]]] = Provider("who rests")


def here_now(person_ids: Iterable[int]) -> frozenset[int]:
    """Those of the people who are here now; who may be seen has been asked."""
    return who_is_here.provider(person_ids)


@dataclass(frozen=True)
class Presence:
    """How one finds somebody now.

    Args:
        here: in the product now, or away. until: does not want to be disturbed until then.
    """

    here: bool
    until: dt.datetime | None = None


def presence_of(people: Sequence[Any]) -> dict[int, Presence]:
    """How one finds these people now, by id; who may be seen has been asked. Programs are never here."""
    people = [person for person in people if person.kind != "bot"]
    here = here_now([person.pk for person in people])
    rests = who_rests.provider(people)
    return {person.pk: Presence(person.pk in here, rests.get(person.pk)) for person in people}
