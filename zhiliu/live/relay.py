"""At scale nginx holds the streams: its nchan module delivers what this process publishes.

A browser's ``/live/`` ends at nginx, which asks ``/live/admission/`` in a sub-request for the reader and their nchan
channels; see ``docs/ops/nginx-nchan.conf``. Each topic is one nchan channel, or one per language where events are
rendered. The log is followed with a stored cursor: after a stop nothing is left out, and duplicates are harmless.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from urllib.parse import quote

import urllib3
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from zhiliu.activity.models import Cursor

from . import presence, reading
from .reading import relayed
from .topics import Event, Topic, drawers
from .waking import EphemeralEvent, Listener

logger = logging.getLogger(__name__)
NAME = "live.relay"
# Two processes must not publish the same; any number that nothing else locks will do.
LOCK = 7_103_402
AGAIN_SECONDS = 2.0
TIMEOUT = urllib3.Timeout(connect=2, read=5)
# nchan allows at most 255 channels per stream.
MOST_CHANNELS = 250


def channel_of(topic: Topic, language: str) -> str:
    """Return nchan's name of a topic for readers of a language."""
    name = f"{topic[0]}-{topic[1]}"
    return f"{name}.{language}" if drawers.get(topic[0]) is not None else name


def channels_of(admitted: reading.Admitted) -> list[str]:
    """Return the channels of a stream: first those the page requested, then the reader's permanent ones."""
    requested = sorted(admitted.asked)
    rest = sorted(admitted.topics - admitted.asked, key=lambda topic: (topic[0] != "person", topic))
    return [channel_of(topic, admitted.language) for topic in [*requested, *rest]][:MOST_CHANNELS]


class Relay:
    """Follows the log and publishes.

    Args:
        url: address of nchan's publishing location.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(maxsize=4, retries=False, timeout=TIMEOUT)
        self._ephemeral: asyncio.Queue[EphemeralEvent] = asyncio.Queue(maxsize=10_000)

    async def run(self) -> None:
        """Run until cancelled. While another process publishes, wait for its lock."""
        while True:
            try:
                lock = await _in_thread(_take_lock)
                if lock is not None:
                    with contextlib.closing(lock):
                        await self._follow()
            except Exception:
                logger.exception("what happened could not be passed on to nchan; trying again")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _follow(self) -> None:
        """Publish until something fails: then release the lock; its next holder continues at the cursor."""
        listener = Listener(self._hear)
        beside = [asyncio.create_task(self._pass_on_ephemeral()), asyncio.create_task(_tell_who_left())]
        try:
            while True:
                await listener.wait()
                while await _in_thread(self.publish_next):
                    pass
        finally:
            listener.close()
            for task in beside:
                task.cancel()

    def publish_next(self) -> bool:
        """Publish the next batch of the log and move the cursor; return True if there is more.

        Raises:
            OSError: nchan does not answer; the cursor stays.
        """
        position = self._position()
        news = reading.news_after(position)
        # First recheck permissions: events after a person's removal must not reach them.
        for person_id in news.touched:
            self._cut(channel_of(("person", person_id), ""))
        languages = {code for code, _name in settings.LANGUAGES}
        listening = {event.topic: languages for _position, event in news.events}
        for topic, _name, rendered in reading.frames_of(news.events, listening, relayed):
            for language, sent in rendered.items():
                self._publish(channel_of(topic, language), sent)
        if news.position != position:
            Cursor.objects.update_or_create(name=NAME, defaults={"position": news.position})
        return news.more

    def _position(self) -> int:
        position = Cursor.objects.filter(name=NAME).values_list("position", flat=True).first()
        if position is None:
            # Before the first start nobody was listening.
            position = reading.newest_position()
            Cursor.objects.get_or_create(name=NAME, defaults={"position": position})
        return int(position)

    def _hear(self, event: EphemeralEvent) -> None:
        if not self._ephemeral.full():
            self._ephemeral.put_nowait(event)

    async def _pass_on_ephemeral(self) -> None:
        while True:
            topic, name, data = await self._ephemeral.get()
            sent = relayed(None, Event(topic, name, data))
            channels = {channel_of(topic, code) for code, _name in settings.LANGUAGES}
            try:
                for channel in channels:
                    await _in_thread(self._publish, channel, sent)
            except OSError:
                logger.warning("an ephemeral event was not passed on: nchan does not answer")

    def _publish(self, channel: str, data: bytes) -> None:
        self._ask("POST", channel, data)

    def _cut(self, channel: str) -> None:
        """End the streams of a channel; browsers reconnect and are authorised again."""
        self._ask("DELETE", channel)

    def _ask(self, method: str, channel: str, data: bytes | None = None) -> None:
        try:
            answer = self._pool.request(method, f"{self._url}?to={quote(channel)}", body=data)
        except urllib3.exceptions.HTTPError as error:
            raise OSError(str(error)) from error
        # 404: nobody listens, so there is nothing to end.
        if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
            raise OSError(f"nchan answers {answer.status} to {method} {channel}")


def _take_lock() -> Any:
    """Return a connection that holds the lock until it is closed; None if another process holds it."""
    line = connection.get_new_connection({**connection.get_connection_params(), "autocommit": True})
    if line.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
        return line
    line.close()
    return None


async def _tell_who_left() -> None:
    """Announce people who went away; hubs without streams do not."""
    while True:
        await asyncio.sleep(presence.SWEEP_SECONDS)
        await _in_thread(presence.sweep)


async def _in_thread(act: Any, *arguments: Any) -> Any:
    return await sync_to_async(act, thread_sensitive=False)(*arguments)
