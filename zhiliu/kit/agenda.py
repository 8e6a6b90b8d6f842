"""What waits for a person: each app says what of its own does, and ``home`` shows it together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .plugs import Shelf


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody.

    Args:
        icon, title, url. meta: short facts shown under the title. verb: what to do, on the button.
        due: when, for the order; things without come last.
    """

    icon: str
    title: str
    url: str
    verb: Any
    meta: tuple[Any, ...] = ()
    due: dt.datetime | None = field(default=None, compare=False)


waiting: Shelf[Callable[[Any], list[Waiting]]] = Shelf("what waits for a person")
# First acts offered to a newcomer: (person) -> Waiting or None when done.
first_steps: Shelf[Callable[[Any], Waiting | None]] = Shelf("first steps of a newcomer")
