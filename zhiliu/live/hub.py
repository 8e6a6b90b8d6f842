"""The hub: a small raw-ASGI application for server-sent events, mounted beside Django.

One task follows the log and pushes events to the streams permitted to get them; a stream writes its queue in batches.
Events carry the log position of their fact, so a reconnecting browser sends its position and misses nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from . import presence, reading
from .reading import Admitted, Frames, LiveNews, event_frame, started
from .topics import LATEST, Event, Topic
from .waking import EphemeralEvent, Listener

logger = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

# Pause between reads of the log: facts posted meanwhile go out together. The first after an idle time goes at once.
GATHER_SECONDS = 0.05
HERE_SECONDS = 20
RETRY_MS = 2000
# A reader with a queue this long is disconnected; it reconnects and catches up. This needs a server with back-pressure;
# others buffer whatever we write while the reader is stuck. So a stream also ends after this many bytes (up to twice as
# many, so that not all end at once), and its browser resumes with the next.
MOST_WAITING = 5000
MOST_BYTES = 2 * 2**20
FULL_WRITE = 2**16
_DONE = object()


class _Rest:
    """The rest of a coroutine that was started manually; awaiting it runs it to its end."""

    def __init__(self, halted: Any, steps: Iterator[Any]) -> None:
        self._halted, self._steps = halted, steps

    def __await__(self) -> Generator[Any, Any, None]:
        yield self._halted
        yield from self._steps


class Stream:
    """One open connection of a person.

    Args:
        admitted: the listener and the topics. send: from ASGI.
    """

    def __init__(self, admitted: Admitted, send: Send) -> None:
        self._send = send
        # A write the server has not accepted yet; further frames queue meanwhile.
        self._rest: _Rest | None = None
        self.person_id, self.language = admitted.person_id, admitted.language
        self.asked, self.topics, self.session = admitted.asked, admitted.topics, admitted.session
        self.waiting: dict[Any, bytes] = {}
        self.closed = False
        self._bytes_left = random.randint(MOST_BYTES, 2 * MOST_BYTES)  # noqa: S311 - only spread
        # The future the task waits on. Not an Event: that looks up the running loop each time, which is a system call.
        self._sleep: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        # Unique among the streams of all processes.
        self.key = uuid.uuid4().hex

    def push(self, key: Any, data: bytes) -> None:
        """Write a frame, or queue it behind others; it replaces a queued one with the same key."""
        waiting = self.waiting
        if not waiting and self._rest is None and self._sleep is not None and not self._sleep.done():
            self._write(data)
            return
        if waiting:
            # Removed first: the newer one goes to the end, so that positions never go backwards.
            waiting.pop(key, None)
            self.closed = self.closed or len(waiting) >= MOST_WAITING
        waiting[key] = data
        self.wake()

    def _write(self, data: bytes) -> None:
        """Write without waking the stream's task: waking thousands at once costs more than writing.

        The coroutine is started manually. With most servers that completes it; otherwise the task awaits the rest.
        """
        self._bytes_left -= len(data)
        try:
            steps = self._send({"type": "http.response.body", "body": data, "more_body": True}).__await__()
            halted = next(steps, _DONE)
        except Exception:
            # The connection is gone; the task ends the stream.
            self.close()
            return
        if halted is not _DONE:
            self._rest = _Rest(halted, steps)
            self.wake()
        elif self._bytes_left < 0:
            self.close()

    async def pump(self) -> None:
        """Send queued frames until the stream is closed."""
        while True:
            await self._sleep_until_needed()
            if self.closed:
                return
            if self._rest is not None:
                await self._written()
                continue
            body = self._take() or b": here\n\n"
            self._bytes_left -= len(body)
            await self._send({"type": "http.response.body", "body": body, "more_body": True})
            self.closed = self.closed or self._bytes_left < 0

    def push_before(self, frames: list[bytes]) -> None:
        """Put frames in front of the queue."""
        self.waiting = {**{object(): sent for sent in frames}, **self.waiting}
        self.wake()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self.wake()

    def wake(self) -> None:
        """Wake the task, to send queued frames or a keep-alive comment."""
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    async def _sleep_until_needed(self) -> None:
        if self.waiting or self.closed or self._rest is not None:
            return
        self._sleep = self._loop.create_future()
        await self._sleep

    async def _written(self) -> None:
        """Wait until the server has accepted the started write."""
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest

    def _take(self) -> bytes:
        """Return queued frames, as many as make a write of reasonable size."""
        frames: list[bytes] = []
        size = 0
        while self.waiting and size < FULL_WRITE:
            frames.append(self.waiting.pop(next(iter(self.waiting))))
            size += len(frames[-1])
        return frames[0] if len(frames) == 1 else b"".join(frames)


class Hub:
    """All streams of this process and the task that feeds them."""

    def __init__(self) -> None:
        # By topic and language: rendered events are the same for all readers of a language.
        self.streams: dict[Topic, dict[str, set[Stream]]] = defaultdict(lambda: defaultdict(set))
        self.all: set[Stream] = set()
        self.position: int | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()
        # Held while the log is read for the current streams: a new stream is included from the next read on.
        self._reading = asyncio.Lock()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        language = query.get("language", [""])[0]
        admitted = await _in_thread(reading.admit, headers, query.get("topic", []), language)
        if admitted is None:
            await _answer(send, 403)
            return
        stream = Stream(admitted, send)
        await self._open(stream, _since(headers, query))
        await _in_thread(presence.alive, stream.person_id, stream.key)
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": f"retry: {RETRY_MS}\n\n".encode(), "more_body": True})
        watcher = asyncio.create_task(_close_when_left(stream, receive))
        try:
            await stream.pump()
            if not watcher.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.cancel()
            self._drop(stream)
            # Not awaited: the task itself may be ending.
            asyncio.get_running_loop().run_in_executor(None, presence.left, stream.person_id, stream.key)

    async def _open(self, stream: Stream, since: int | None) -> None:
        await self._start()
        async with self._reading:
            self._add(stream)
            until = self.position or 0
        frames = [] if since is None else await _in_thread(reading.missed_between, since, until, stream.topics)
        if frames is None:
            frames = [event_frame(until, Event(("all", 0), "reset"))]
        # In front of what the feeder has pushed meanwhile, to keep the order.
        stream.push_before([*frames, event_frame(until, started(stream.person_id))])

    async def _start(self) -> None:
        async with self._starting:
            # Race: the lock keeps two streams that open at once from starting two feeders.
            if self._tasks and not any(task.done() for task in self._tasks):
                return
            self._stop_tasks()
            self.position = await _in_thread(reading.newest_position)
            listener = Listener(self._hear)
            self._tasks = [
                asyncio.create_task(self._feed(listener)),
                asyncio.create_task(self._keep_alive()),
                asyncio.create_task(self._attend()),
            ]
            # Ephemeral events are not stored: once a stream reports that it is open, it must receive the next ones.
            await listener.begun()

    def _add(self, stream: Stream) -> None:
        self.all.add(stream)
        for topic in stream.topics:
            self.streams[topic][stream.language].add(stream)

    def _drop(self, stream: Stream) -> None:
        self.all.discard(stream)
        for topic in stream.topics:
            languages = self.streams[topic]
            languages[stream.language].discard(stream)
            if not languages[stream.language]:
                del languages[stream.language]
            if not languages:
                del self.streams[topic]

    # -- outgoing events -------------------------------------------------------------------------------------------

    async def _feed(self, listener: Listener) -> None:
        try:
            while True:
                await listener.wait()
                while self.all and await self._feed_once():
                    pass
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            listener.close()

    async def _feed_once(self) -> bool:
        """Read the next batch and distribute it; return True if there is more."""
        try:
            async with self._reading:
                news: LiveNews = await _in_thread(reading.news_after, self.position or 0)
                # First recheck permissions: events after a person's removal must not reach them.
                if news.touched:
                    await self._ask_again(news.touched)
                # Filter by events, not by listeners: there are thousands of topics, most of them quiet.
                events = [event for event in news.events if event[1].topic in self.streams]
                if events:
                    self._hand_out(await _in_thread(reading.frames_of, events, self._listening(events)))
                self.position = news.position
        except Exception:
            logger.exception("the live hub could not read the log; trying again")
            await asyncio.sleep(2)
            return True
        return news.more

    def _hand_out(self, frames: Frames) -> None:
        for topic, name, rendered in frames:
            key = _key(topic, name)
            for language, streams in self.streams.get(topic, {}).items():
                sent = rendered.get(language) or next(iter(rendered.values()))
                for stream in streams:
                    if not stream.closed:
                        stream.push(key, sent)

    def _listening(self, events: list[tuple[int, Event]]) -> dict[Topic, set[str]]:
        topics = {event.topic for _position, event in events}
        return {topic: set(self.streams.get(topic, ())) for topic in topics}

    def _hear(self, event: EphemeralEvent) -> None:
        topic, name, data = event
        key, sent = _key(topic, name), event_frame(None, Event(topic, name, data))
        for streams in self.streams.get(topic, {}).values():
            for stream in streams:
                stream.push(key, sent)

    async def _ask_again(self, person_ids: set[int]) -> None:
        for stream in [stream for stream in self.all if stream.person_id in person_ids]:
            topics = await _in_thread(reading.ask_again, stream.person_id, stream.asked, stream.session)
            if topics is None:
                stream.close()
            elif stream in self.all:
                self._drop(stream)
                stream.topics = topics
                self._add(stream)

    async def _keep_alive(self) -> None:
        """Send a comment now and then, so that no proxy takes a quiet stream for a dead one."""
        while True:
            await asyncio.sleep(HERE_SECONDS)
            for stream in list(self.all):
                stream.wake()

    async def _attend(self) -> None:
        """Report our streams as alive, and announce people who went away."""
        turn = 0
        while True:
            await asyncio.sleep(presence.SWEEP_SECONDS)
            turn = (turn + 1) % (presence.BEAT_SECONDS // presence.SWEEP_SECONDS)
            await _in_thread(_say_alive, [(stream.person_id, stream.key) for stream in self.all] if not turn else [])

    # -- shutdown --------------------------------------------------------------------------------------------------

    def shut(self) -> None:
        """Close all streams, so that the server can stop."""
        for stream in list(self.all):
            stream.close()
        self._stop_tasks()

    def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []


def _key(topic: Topic, name: str) -> Any:
    """Return the key of a queued frame: events of which only the latest counts share one per topic."""
    return (topic, name) if name in LATEST else object()


async def _close_when_left(stream: Stream, receive: Receive) -> None:
    with suppress(Exception):
        while (await receive())["type"] != "http.disconnect":
            pass
    stream.close()


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def _say_alive(streams: list[tuple[int, str]]) -> None:
    close_old_connections()
    for person_id, key in streams:
        presence.alive(person_id, key)
    presence.sweep()


async def _in_thread(act: Callable[..., Any], *arguments: Any) -> Any:
    return await sync_to_async(act, thread_sensitive=False)(*arguments)


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b""})


def _since(headers: dict[bytes, bytes], query: dict[str, list[str]]) -> int | None:
    text = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("since", [""])[0]
    return int(text) if text.isdecimal() and len(text) < 19 else None


hub = Hub()
