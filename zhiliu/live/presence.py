"""Presence: a person is online if they have a page open and used it within the last ten minutes.

A page reports now and then that it is used (:func:`used`); while that is fresh, each open stream of the person reports
every few seconds that it is alive (:func:`alive`). Nothing reports "away": it follows when the last report expires. So
navigating to another page, closing one of several tabs, and a killed process are handled alike.

Stored in the memory of the single web process, or in Redis where there are several (``redis_url``).
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, Protocol, TypeVar

from django.conf import settings

from .waking import broadcast_ephemeral

logger = logging.getLogger(__name__)
USED_SECONDS = 600
# A stream reports every BEAT_SECONDS; a report is valid for ALIVE_SECONDS.
BEAT_SECONDS = 20
ALIVE_SECONDS = 45
# Streams held by nginx report nothing here; the page reports its use every three minutes.
PAGE_SECONDS = 200
# After a stream closes, the next page has this long to open its own.
LEAVE_SECONDS = 15
SWEEP_SECONDS = 5


class Store(Protocol):
    """Storage of presence. Times are seconds since 1970."""

    def use(self, person_id: int, until: float) -> None:
        """Record that the person's pages are in use until then."""

    def extend(self, person_id: int, stream: str, until: float, now: float) -> bool:
        """Extend a stream; it counts only while the pages are used. Return True if the person was away before."""

    def here(self, person_ids: Iterable[int], now: float) -> set[int]:
        """Return those of the people who are online."""

    def lapsed(self, now: float) -> set[int]:
        """Return people who went away; each is returned once, to one caller."""

    def forget(self, person_id: int) -> bool:
        """Mark the person as away. Return True if they were online."""


class Memory:
    """Storage in this process."""

    def __init__(self) -> None:
        self._used: dict[int, float] = {}
        self._streams: dict[int, dict[str, float]] = {}
        self._lock = threading.Lock()

    def use(self, person_id: int, until: float) -> None:
        """See the protocol."""
        with self._lock:
            self._used[person_id] = until

    def extend(self, person_id: int, stream: str, until: float, now: float) -> bool:
        """See the protocol."""
        with self._lock:
            if self._used.get(person_id, 0) <= now:
                return False
            was_here = self._until(person_id) > now
            self._streams.setdefault(person_id, {})[stream] = until
            return not was_here and until > now

    def here(self, person_ids: Iterable[int], now: float) -> set[int]:
        """See the protocol."""
        with self._lock:
            return {key for key in person_ids if self._until(key) > now}

    def lapsed(self, now: float) -> set[int]:
        """See the protocol."""
        with self._lock:
            lapsed_ids = {key for key in self._streams if self._until(key) <= now}
            for key in lapsed_ids:
                del self._streams[key]
            for key in [key for key, until in self._used.items() if until <= now]:
                del self._used[key]
            return lapsed_ids

    def forget(self, person_id: int) -> bool:
        """See the protocol."""
        with self._lock:
            self._used.pop(person_id, None)
            return self._streams.pop(person_id, None) is not None

    def _until(self, person_id: int) -> float:
        return max(self._streams.get(person_id, {}).values(), default=0)


class InRedis:
    """Storage shared by all processes: per person the streams with their expiry, and one set of everybody online."""

    # One script each, so that concurrent reports about the same person lose nothing.
    EXTEND = """
    if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
    local was = tonumber(redis.call('ZSCORE', KEYS[3], ARGV[1]) or '0')
    redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
    local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
    if #last == 0 then
      redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
      return 0
    end
    redis.call('EXPIREAT', KEYS[2], math.ceil(tonumber(last[2])) + 60)
    redis.call('ZADD', KEYS[3], last[2], ARGV[1])
    if was > tonumber(ARGV[4]) then return 0 end
    return 1
    """

    def __init__(self, url: str, prefix: str = "zhiliu:here") -> None:
        import redis

        self._redis: Any = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._prefix = prefix
        self._extend = self._redis.register_script(self.EXTEND)

    def use(self, person_id: int, until: float) -> None:
        """See the protocol."""
        self._redis.set(f"{self._prefix}:used:{person_id}", 1, exat=int(until) + 1)

    def extend(self, person_id: int, stream: str, until: float, now: float) -> bool:
        """See the protocol."""
        keys = [f"{self._prefix}:used:{person_id}", f"{self._prefix}:streams:{person_id}", self._prefix]
        return bool(self._extend(keys=keys, args=[person_id, stream, until, now]))

    def here(self, person_ids: Iterable[int], now: float) -> set[int]:
        """See the protocol."""
        keys = list(person_ids)
        ends = self._redis.zmscore(self._prefix, keys) if keys else []
        return {key for key, end in zip(keys, ends, strict=True) if end is not None and end > now}

    def lapsed(self, now: float) -> set[int]:
        """See the protocol."""
        lapsed_ids = [int(key) for key in self._redis.zrangebyscore(self._prefix, "-inf", now, start=0, num=1000)]
        # Race: several processes check at once; the one that removes an entry announces it.
        return {key for key in lapsed_ids if self._redis.zrem(self._prefix, key)}

    def forget(self, person_id: int) -> bool:
        """See the protocol."""
        self._redis.delete(f"{self._prefix}:used:{person_id}", f"{self._prefix}:streams:{person_id}")
        return bool(self._redis.zrem(self._prefix, person_id))


_stores: dict[str, Store] = {}


def store() -> Store:
    """Return the storage chosen by the settings."""
    url: str = settings.DECLARED.redis_url
    if url not in _stores:
        _stores[url] = InRedis(url) if url else Memory()
    return _stores[url]


P = ParamSpec("P")
T = TypeVar("T")


def harmless(otherwise: T) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorator: presence must never break a page or a stream; if Redis fails, return ``otherwise``."""

    def decorate(act: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(act)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return act(*args, **kwargs)
            except Exception:
                logger.warning("presence cannot be kept now", exc_info=True)
                return otherwise

        return guarded

    return decorate


@harmless(None)
def used(person: Any) -> None:
    """Record that the person uses a page. People who hide their presence never appear online."""
    if person.shows_presence:
        store().use(person.pk, time.time() + USED_SECONDS)
        # The page itself counts until its stream reports.
        alive(person.pk, "page", PAGE_SECONDS if settings.NCHAN_URL else ALIVE_SECONDS)


@harmless(None)
def alive(person_id: int, stream: str, seconds: float = ALIVE_SECONDS) -> None:
    """Report an open stream of the person; every few seconds, and after each use of a page.

    Args:
        seconds: how long the report is valid.
    """
    now = time.time()
    if store().extend(person_id, stream, now + seconds, now):
        tell_presence(person_id, here=True)


@harmless(None)
def left(person_id: int, stream: str) -> None:
    """Report a closed stream: it counts a little longer, until the next page has opened its own."""
    now = time.time()
    store().extend(person_id, stream, now + LEAVE_SECONDS, now)


@harmless(None)
def sweep() -> None:
    """Announce people who went away."""
    for person_id in store().lapsed(time.time()):
        tell_presence(person_id, here=False)


@harmless(None)
def hide(person: Any) -> None:
    """Show the person as away to everybody."""
    if store().forget(person.pk):
        tell_presence(person.pk, here=False)


def tell_presence(person_id: int, *, here: bool) -> None:
    """Notify only the pages that show the person."""
    broadcast_ephemeral(("here", person_id), "here", {"person": person_id, "here": here})


_NOBODY: frozenset[int] = frozenset()


@harmless(_NOBODY)
def here_among(person_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the people who are online."""
    return frozenset(store().here(person_ids, time.time()))
