"""Topics of streams: a topic is a kind and an id; its events report that something changed.

An event contains nothing about its reader. Most report only *that* something changed, and the page fetches what it may
see. Kinds of topics whose readers all see the same (a channel) register a renderer (*drawer*), which renders an event
once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from zhiliu.activity.consumers import LogEntry
from zhiliu.kit.contracts.registry import Registry

Topic = tuple[str, int]


class Event(NamedTuple):
    """Something happened on a topic.

    Args:
        name: the event; a page gets it as the DOM event ``live:<name>``.
        data: small JSON values: ids and counters.
    """

    topic: Topic
    name: str
    data: dict[str, Any] = {}


# Map a log entry to its events.
sources: Registry[Callable[[LogEntry], Iterable[Event]]] = Registry("live events")

# By topic kind: returns whether a person may listen to the topic with this id.
gates: Registry[Callable[[Any, int], bool]] = Registry("who may listen")

# Topics a person subscribes to on every page.
always: Registry[Callable[[Any], Iterable[Topic]]] = Registry("what a person always hears")

# By topic kind: returns additional data of events of that kind, in a language; in the order of the events.
drawers: Registry[Callable[[Sequence[Event], str], Sequence[dict[str, Any]]]] = Registry("drawers of live events")

# By verb: facts that change the reach of people, and whom; their streams recheck permissions.
touching: Registry[Callable[[Any], Iterable[int]]] = Registry("whose reach a fact touches")

# Events of which only the last one of a topic matters: a queued one is replaced.
LATEST = frozenset({"mark", "typing", "here"})


def events_of(entry: LogEntry) -> list[Event]:
    """Return all events of a log entry."""
    return [event for source in sources for event in source(entry)]


def whom_it_touches(entry: LogEntry) -> set[int]:
    """Return the ids of people whose streams must recheck permissions after an entry."""
    ask = touching.get(entry.row.verb)
    return set(ask(entry.fact)) if ask is not None and entry.fact is not None else set()
