"""The log follower that writes inboxes, and the live event for changed inboxes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhiliu.activity.consumers import LogEntry
from zhiliu.kit.web.sessions import key_changed
from zhiliu.live.topics import Event, sources

from . import delivery, links, mail_server  # noqa: F401 - they register followers
from .facts import InboxChanged
from .push.devices import move_session


@sources.register(key="notifications")
def inbox_events(entry: LogEntry) -> Iterable[Event]:
    """Return an event ``inbox`` for each person whose inbox changed."""
    if isinstance(entry.fact, InboxChanged):
        return [Event(("person", key), "inbox") for key in entry.fact.person_ids]
    return []


def session_key_changed(sender: Any, old: str, new: str, **_more: Any) -> None:
    """Keep notifications on for a browser whose session got a new key."""
    if old:
        move_session(old, new)


key_changed.connect(session_key_changed, dispatch_uid="notifications.session_key_changed")
