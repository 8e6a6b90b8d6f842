"""Work on untrusted documents, done in a child process with limits on time and memory.

A document can be crafted so that reading it takes days or all memory, and a regular expression blocks every other
thread meanwhile. Here that ends only the child.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

R = TypeVar("R")
SECONDS = 30
MEMORY = 2 << 30
# Number of documents processed at the same time, and of idle children kept for the next ones.
_AT_ONCE = threading.BoundedSemaphore(4)
_KEPT = 2
# A child that nobody needed for a minute ends: at rest it would only hold memory. Its parent stops using it earlier.
_IDLE_SECONDS, _USED_UNTIL = 60.0, 50.0
# Starting a child is not work on a document.
_START_SECONDS = 60
# On a busy machine a second of processor time takes longer than a second.
_WALL = 4


class Overrun(Exception):
    """The work exceeded its time or memory."""


def confined(function: Callable[..., R], *args: Any, seconds: int = SECONDS) -> R:
    """Call a function in a child process.

    Args:
        function: of a module, so that the child can import it; it uses no database, and only files of its own.
        args: picklable, like the result.
        seconds: of processor time; the wall-clock limit is four times as long.

    Raises:
        Overrun: it took too long or too much memory, or crashed the child.
        Exception: whatever the function raises.
    """
    with _AT_ONCE:
        child = _children.take()
        try:
            succeeded, answer = child.call(function, args, seconds)
        except BaseException:
            child.end()
            raise
        _children.give_back(child)
    if succeeded:
        return answer
    raise answer


class _Child:
    """A process that waits for work. Spawned, not forked: this process has threads and connections."""

    def __init__(self) -> None:
        start = multiprocessing.get_context("spawn")
        self._ours, theirs = start.Pipe()
        self._process = start.Process(target=_serve, args=(theirs, os.getpid(), _IDLE_SECONDS), daemon=True)
        self._process.start()
        theirs.close()
        self._is_ready = False
        self._used_at = time.monotonic()

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], seconds: int) -> tuple[bool, Any]:
        try:
            if not self._is_ready:
                self._wait(_START_SECONDS)
                self._is_ready = True
            self._ours.send((function, args, seconds))
            succeeded, answer = self._wait(seconds * _WALL)
        except (EOFError, OSError):
            raise Overrun from None
        if not succeeded and isinstance(answer, MemoryError | RecursionError):
            raise Overrun from None
        self._used_at = time.monotonic()
        return succeeded, answer

    def _wait(self, seconds: int) -> Any:
        if not self._ours.poll(seconds):
            raise Overrun
        return self._ours.recv()

    @property
    def lives(self) -> bool:
        """Return True if it waits for work, and will until it has received some."""
        return self._process.is_alive() and time.monotonic() - self._used_at < _USED_UNTIL

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._ours.close()


class _Children:
    """The idle children."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Child] = []

    def take(self) -> _Child:
        with self._lock:
            while self._waiting:
                child = self._waiting.pop()
                if child.lives:
                    return child
                child.end()
        return _Child()

    def give_back(self, child: _Child) -> None:
        with self._lock:
            if len(self._waiting) < _KEPT:
                self._waiting.append(child)
                return
        child.end()


_children = _Children()


# ---- in the child ----------------------------------------------------------------------------------------------------


def _serve(pipe: Connection, parent: int, idle_seconds: float) -> None:
    """Run calls until the parent closes the pipe, or has had none for a while."""
    from ..text.parallel_markdown import end_with_parent

    end_with_parent(parent)
    pipe.send(True)
    while pipe.poll(idle_seconds):
        try:
            function, args, seconds = pipe.recv()
        except (EOFError, OSError):
            return
        _limit(seconds)
        pipe.send(_done(function, args))


def _done(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, function(*args)
    except Exception as error:
        return False, error


def _limit(seconds: int) -> None:
    """Allow this much more processor time. The kernel ends a process over the limit, whatever it is doing."""
    if sys.platform == "win32":
        return
    import resource

    spent = int(time.process_time()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
