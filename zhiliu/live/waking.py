"""How hubs learn that the log grew, and how processes exchange ephemeral events.

In its own process a hub is woken after the commit. Other processes use PostgreSQL's NOTIFY. On SQLite, where there is
one web process, the hub notices writes of the job process by polling the file's version twenty times a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import connection

from zhiliu.kit.system.db import on_postgresql
from zhiliu.kit.system.writes import changed_file

from .topics import Topic

logger = logging.getLogger(__name__)
CHANNEL = "zhiliu_live"
LOOK_SECONDS = 0.05
LONGEST_SECONDS = 1.0
AGAIN_SECONDS = 2.0
# PostgreSQL's NOTIFY carries at most 8,000 bytes.
MOST_BYTES = 7000

EphemeralEvent = tuple[Topic, str, dict[str, Any]]


class Listener:
    """The waiting side, on the event loop of a process with a hub.

    Args:
        hear: called on the event loop with ephemeral events of this and other processes.
    """

    def __init__(self, hear: Callable[[EphemeralEvent], None]) -> None:
        self._hear = hear
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._file = changed_file()
        self._listener: asyncio.Task[None] | None = None
        self._listens = asyncio.Event()
        if on_postgresql():
            self._listener = asyncio.create_task(self._listen(dict(connection.get_connection_params())))
        else:
            self._listens.set()
        listeners.add(self)

    async def begun(self) -> None:
        """Wait until ephemeral events arrive.

        With a timeout, in case PostgreSQL cannot be reached: the log is read anyway.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listens.wait(), AGAIN_SECONDS)

    async def wait(self) -> None:
        """Wait until the log may have grown."""
        if self._file is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LONGEST_SECONDS if self.is_told else LOOK_SECONDS)
        else:
            while not self._woken.is_set() and not self._file():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
        self._woken.clear()

    @property
    def is_told(self) -> bool:
        """Return True if other processes can notify us: a connection to PostgreSQL listens."""
        return self._listener is not None and not self._listener.done()

    def wake(self) -> None:
        """Wake the hub; callable from any thread."""
        self._loop.call_soon_threadsafe(self._woken.set)

    def pass_on(self, event: EphemeralEvent) -> None:
        """Deliver an event; callable from any thread."""
        self._loop.call_soon_threadsafe(self._hear, event)

    def close(self) -> None:
        """Stop listening."""
        listeners.discard(self)
        if self._listener is not None:
            self._listener.cancel()

    async def _listen(self, params: dict[str, Any]) -> None:
        import psycopg

        options = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(autocommit=True, **options) as line:
                    await line.execute(f"LISTEN {CHANNEL}")
                    self._listens.set()
                    # Catch up on what was committed before we listened.
                    self._woken.set()
                    async for notification in line.notifies():
                        self._heard(notification.payload)
            except psycopg.Error:
                logger.exception("the line to PostgreSQL broke; listening again soon")
                await asyncio.sleep(AGAIN_SECONDS)

    def _heard(self, payload: str) -> None:
        if not payload:
            self._woken.set()
            return
        kind, key, name, data = json.loads(payload)
        self._hear(((kind, key), name, data))


listeners: set[Listener] = set()


def wake_this_process() -> None:
    """Wake the hubs of this process after one of its acts."""
    for listener in list(listeners):
        listener.wake()


def wake_others() -> None:
    """Notify the other processes. Outside the act's transaction: inside, NOTIFY would serialise PostgreSQL's
    commits.
    """
    if on_postgresql():
        _notify("")


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def broadcast_ephemeral(topic: Topic, name: str, data: dict[str, Any] | None = None) -> None:
    """Send an event to current listeners of ``topic``; it is not stored, so others never get it.

    For short-lived state: who is typing, how far a person has read on another device.
    """
    event = (topic, name, data or {})
    if on_postgresql():
        payload = json.dumps([*topic, name, data or {}])
        if len(payload.encode()) < MOST_BYTES:
            _notify(payload)
        return
    for listener in list(listeners):
        listener.pass_on(event)
