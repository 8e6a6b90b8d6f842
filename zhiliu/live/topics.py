"""What streams carry: a topic is a kind and an id; events on it say that something changed, never what it says.

An event carries nothing about its reader; the page fetches what it may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zhiliu.activity.following import Entry
from zhiliu.kit.plugs import Shelf

Topic = tuple[str, int]
Event = tuple[Topic, str]

# From an entry of the log to (topic, event name) pairs.
sources: Shelf[Callable[[Entry], Iterable[Event]]] = Shelf("live events")

# By topic kind: whether a person may listen to the topic with this id.
gates: Shelf[Callable[[Any, int], bool]] = Shelf("who may listen")

# Facts after which a stream asks its gates again.
revoking: Shelf[str] = Shelf("verbs that may end a stream")


def events_of(entry: Entry) -> list[Event]:
    """All events an entry of the log brings."""
    return [event for source in sources for event in source(entry)]
