"""Live events of polls."""

from __future__ import annotations

from collections.abc import Iterable

from zhiliu.activity.consumers import LogEntry
from zhiliu.live.topics import Event, gates, sources

from .facts import BallotCast, PollClosed
from .models import Poll


@sources.register(key="polls")
def poll_events(entry: LogEntry) -> Iterable[Event]:
    """Return the event for changed counts."""
    if isinstance(entry.fact, BallotCast | PollClosed):
        return [Event(("poll", entry.fact.poll_id), "ballots")]
    return []


gates.register(lambda person, key: Poll.objects.visible_to(person).filter(pk=key).exists(), key="poll")
