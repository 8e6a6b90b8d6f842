"""The log follower that writes inboxes, and the live event for changed inboxes."""

from __future__ import annotations

from collections.abc import Iterable

from zhiliu.activity.consumers import LogEntry
from zhiliu.live.topics import Event, sources

from . import delivery, links, mail_server  # noqa: F401 - they register followers
from .facts import InboxChanged


@sources.register(key="notifications")
def inbox_events(entry: LogEntry) -> Iterable[Event]:
    """Return an event ``inbox`` for each person whose inbox changed."""
    if isinstance(entry.fact, InboxChanged):
        return [Event(("person", key), "inbox") for key in entry.fact.person_ids]
    return []
