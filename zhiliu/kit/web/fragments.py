"""Rendered parts of pages, cached per process: the store behind ``{% fragment %}``.

Django's ``{% cache %}`` hashes every key and pickles every text; for a page with twenty rows that costs more than
rendering half of them.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

KEPT = 6000
LIFE = 3600.0


class Fragments:
    """A thread-safe LRU cache of texts.

    Args:
        kept: maximum number of texts. life: seconds until a text expires, in case a key misses something.
    """

    def __init__(self, size: int = KEPT, life: float = LIFE) -> None:
        self.size, self.life = size, life
        self._texts: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """Return the text, or None if it is missing or expired."""
        with self._lock:
            drawn_at, text = self._texts.get(key, (0.0, None))
            if text is None or time.monotonic() - drawn_at > self.life:
                return None
            self._texts.move_to_end(key)
            return text

    def put(self, key: Hashable, text: str) -> None:
        """Store a text."""
        with self._lock:
            self._texts[key] = (time.monotonic(), text)
            self._texts.move_to_end(key)
            while len(self._texts) > self.size:
                self._texts.popitem(last=False)

    def clear(self) -> None:
        """Drop all texts; for tests."""
        with self._lock:
            self._texts.clear()


fragments = Fragments()
_PROCESS = secrets.token_hex(12)


def placeholder(name: str) -> str:
    """Return the mark in a cached text that is replaced by ``name``; nobody outside this process can guess it."""
    return f"hole{_PROCESS}{name}"
