"""What streams carry: a topic is a kind and an id; events on it say that something changed.

An event carries nothing about its reader. Most say only *that*, and the page fetches what it may see. Kinds of topics
whose readers all see the same (a channel) put a *drawer* in the registry: it draws what happened once for all of them.
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
        name: what; a page gets it as the DOM event ``live:<name>``.
        data: small JSON values that go along: ids and counters.
    """

    topic: Topic
    name: str
    data: dict[str, Any] = {}


# From an entry of the log to its events.
sources: Registry[Callable[[LogEntry], Iterable[Event]]] = Registry("live events")

# By topic kind: whether a person may listen to the topic with this id.
gates: Registry[Callable[[Any, int], bool]] = Registry("who may listen")

# Topics somebody listens to on every page, without asking: given the person.
always: Registry[Callable[[Any], Iterable[Topic]]] = Registry("what a person always hears")

# By topic kind: what more goes along with events of that kind, in a language; in the order of the events.
drawers: Registry[Callable[[Sequence[Event], str], Sequence[dict[str, Any]]]] = Registry("drawers of live events")

# By verb: facts after which somebody may hear less or more, and whom they touch; their streams ask the gates again.
touching: Registry[Callable[[Any], Iterable[int]]] = Registry("whose reach a fact touches")

# Events of which only the last one of a topic matters: one that waits is replaced.
LATEST = frozenset({"mark", "typing", "here"})


def events_of(entry: LogEntry) -> list[Event]:
    """All events an entry of the log brings."""
    return [event for source in sources for event in source(entry)]


def whom_it_touches(entry: LogEntry) -> set[int]:
    """Ids of the people whose streams have to be asked again after an entry."""
    ask = touching.get(entry.row.verb)
    return set(ask(entry.fact)) if ask is not None and entry.fact is not None else set()
