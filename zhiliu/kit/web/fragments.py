"""Drawn parts of pages, kept by each process: the store behind ``{% fragment %}``.

Django's ``{% cache %}`` hashes every key and pickles every text; a page with twenty rows pays more for that than for
drawing half of them.
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
    """Texts by key, the longest unused dropped first. Safe to ask from many threads.

    Args:
        kept: how many at the most. life: seconds after which a text is drawn anew, should a key forget something.
    """

    def __init__(self, kept: int = KEPT, life: float = LIFE) -> None:
        self.kept, self.life = kept, life
        self._texts: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """The text, or None when it has to be drawn."""
        with self._lock:
            drawn_at, text = self._texts.get(key, (0.0, None))
            if text is None or time.monotonic() - drawn_at > self.life:
                return None
            self._texts.move_to_end(key)
            return text

    def put(self, key: Hashable, text: str) -> None:
        """Keep a text."""
        with self._lock:
            self._texts[key] = (time.monotonic(), text)
            self._texts.move_to_end(key)
            while len(self._texts) > self.kept:
                self._texts.popitem(last=False)

    def clear(self) -> None:
        """Forget all; for tests."""
        with self._lock:
            self._texts.clear()


fragments = Fragments()
_PROCESS = secrets.token_hex(12)


def placeholder(name: str) -> str:
    """What stands in a kept text where ``name`` is filled in; nobody outside this process can write it."""
    return f"hole{_PROCESS}{name}"
