"""The hub: a small raw-ASGI application for server-sent events, mounted beside Django.

One task follows the log and wakes the streams; waiting events of a stream go out in one write. Events carry the
position of the fact, so a browser that comes back says where it was and misses nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async

from .topics import Topic

logger = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

POLL_SECONDS = 0.25
COMMENT_SECONDS = 20
MAX_CATCH_UP = 1000
RETRY_MS = 2000


class Stream:
    """One open connection of a person.

    Args:
        person_id: who listens. topics: what to.
    """

    def __init__(self, person_id: int, topics: set[Topic]) -> None:
        self.person_id = person_id
        self.topics = topics
        self.waiting: list[tuple[int, str, Topic]] = []
        self.wake = asyncio.Event()
        self.closed = False

    def push(self, position: int, name: str, topic: Topic) -> None:
        """Queue an event."""
        self.waiting.append((position, name, topic))
        self.wake.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self.wake.set()

    def take(self) -> bytes:
        """All waiting events as bytes of the stream."""
        events, self.waiting = self.waiting, []
        self.wake.clear()
        return b"".join(frame(position, name, topic) for position, name, topic in events)


def frame(position: int, name: str, topic: Topic) -> bytes:
    """One event as it goes over the wire; the island turns its name into a DOM event ``live:<name>``."""
    data = json.dumps({"event": name, "topic": f"{topic[0]}-{topic[1]}"})
    return f"id: {position}\ndata: {data}\n\n".encode()


class Hub:
    """All streams of this process and the task that feeds them."""

    def __init__(self) -> None:
        self.streams: dict[Topic, set[Stream]] = defaultdict(set)
        self.all: set[Stream] = set()
        self.position: int | None = None
        self._feeder: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection."""
        person_id, topics = await sync_to_async(_admit, thread_sensitive=False)(scope)
        if person_id is None:
            await _answer(send, 403)
            return
        stream = Stream(person_id, topics)
        since = _since(scope)
        await self._open(stream, since)
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": f"retry: {RETRY_MS}\n\n".encode(), "more_body": True})
        left = asyncio.create_task(_left(receive))
        try:
            await self._pump(stream, send, left)
        finally:
            left.cancel()
            self._drop(stream)

    async def _pump(self, stream: Stream, send: Send, left: asyncio.Task[None]) -> None:
        while not stream.closed and not left.done():
            wake = asyncio.create_task(stream.wake.wait())
            await asyncio.wait({wake, left}, timeout=COMMENT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            wake.cancel()
            body = stream.take() or b": here\n\n"
            if not left.done():
                await send({"type": "http.response.body", "body": body, "more_body": True})
        if not left.done():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _open(self, stream: Stream, since: int | None) -> None:
        async with self._starting:
            # Locked, so that two streams that open at once do not start two feeders.
            if self._feeder is None or self._feeder.done():
                self.position = await sync_to_async(_last, thread_sensitive=False)()
                self._feeder = asyncio.create_task(self._feed())
        self.all.add(stream)
        for topic in stream.topics:
            self.streams[topic].add(stream)
        if since is not None:
            missed = await sync_to_async(_events_between, thread_sensitive=False)(since, self.position or 0)
            if missed is None:
                missed = [(self.position or 0, "reset", ("all", 0))]
            # In front of what the feeder has pushed meanwhile: order is kept.
            stream.waiting = [event for event in missed if event[2] in stream.topics | {("all", 0)}] + stream.waiting
            if stream.waiting:
                stream.wake.set()

    def _drop(self, stream: Stream) -> None:
        self.all.discard(stream)
        for topic in stream.topics:
            self.streams[topic].discard(stream)
            if not self.streams[topic]:
                del self.streams[topic]

    async def _feed(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self.all:
                continue
            try:
                last, events, revoked = await sync_to_async(_new_events, thread_sensitive=False)(self.position or 0)
            except Exception:
                logger.exception("the live hub could not read the log; trying again")
                await asyncio.sleep(2)
                continue
            self.position = last
            for position, name, topic in events:
                for stream in self.streams.get(topic, ()):
                    stream.push(position, name, topic)
            if revoked:
                await self._ask_again(revoked)

    async def _ask_again(self, person_ids: set[int]) -> None:
        for stream in [stream for stream in self.all if stream.person_id in person_ids]:
            allowed = await sync_to_async(_still, thread_sensitive=False)(stream.person_id, stream.topics)
            if not allowed:
                stream.close()

    def shut(self) -> None:
        """Close all streams, so that the server can stop."""
        for stream in list(self.all):
            stream.close()


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _query(scope: dict[str, Any]) -> dict[str, list[str]]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1"))


def _since(scope: dict[str, Any]) -> int | None:
    headers = {name.lower(): value for name, value in scope["headers"]}
    text = headers.get(b"last-event-id", b"").decode("latin-1") or _query(scope).get("since", [""])[0]
    return int(text) if text.isdecimal() and len(text) < 19 else None


# --- what follows runs in threads -----------------------------------------------------------------------------


def _admit(scope: dict[str, Any]) -> tuple[int | None, set[Topic]]:
    """Who is asking, by the session cookie, and those of the wanted topics they may listen to."""
    from django.conf import settings
    from django.db import close_old_connections

    close_old_connections()
    headers = {name.lower(): value for name, value in scope["headers"]}
    cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    key = cookies[settings.SESSION_COOKIE_NAME].value if settings.SESSION_COOKIE_NAME in cookies else ""
    person = _person_of(key)
    if person is None:
        return None, set()
    wanted = {_topic(text) for text in _query(scope).get("topic", [])} - {None}
    topics = {topic for topic in wanted if topic is not None and _may(person, topic)}
    return person.pk, topics | {("person", person.pk)}


def _person_of(session_key: str) -> Any:
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import get_user
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key or None)
    person = get_user(request)
    return person if person.is_authenticated else None


def _topic(text: str) -> Topic | None:
    kind, _, key = text.rpartition("-")
    return (kind, int(key)) if kind and key.isdecimal() and len(key) < 19 else None


def _may(person: Any, topic: Topic) -> bool:
    from .topics import gates

    gate = gates.get(topic[0])
    return gate is not None and gate(person, topic[1])


def _still(person_id: int, topics: set[Topic]) -> bool:
    from zhiliu.directory.models import Person

    person = Person.objects.active().filter(pk=person_id).first()
    return person is not None and all(topic == ("person", person_id) or _may(person, topic) for topic in topics)


def _last() -> int:
    from zhiliu.activity.following import last_position

    return last_position()


def _new_events(position: int) -> tuple[int, list[tuple[int, str, Topic]], set[int]]:
    from django.db import close_old_connections

    from zhiliu.activity.following import entries_after

    from .topics import events_of, revoking

    close_old_connections()
    entries = entries_after(position, 500)
    events = [(entry.position, name, topic) for entry in entries for topic, name in events_of(entry)]
    revoked = {
        int(key)
        for entry in entries
        if entry.row.verb in set(revoking)
        for key in (entry.row.data.get("person_id"), *entry.row.data.get("person_ids", ()))
        if key
    }
    return (entries[-1].position if entries else position), events, revoked


def _events_between(since: int, until: int) -> list[tuple[int, str, Topic]] | None:
    """Events after ``since`` up to ``until``; None when there are so many that the page had better load anew."""
    from zhiliu.activity.following import entries_after

    from .topics import events_of

    if until - since > MAX_CATCH_UP * 10:
        return None
    found: list[tuple[int, str, Topic]] = []
    while since < until:
        entries = [entry for entry in entries_after(since, 500) if entry.position <= until]
        if not entries:
            break
        since = entries[-1].position
        found += [(entry.position, name, topic) for entry in entries for topic, name in events_of(entry)]
        if len(found) > MAX_CATCH_UP:
            return None
    return found


hub = Hub()
