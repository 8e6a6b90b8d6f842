"""Work on documents from people, done in a process of its own with limits on time and memory.

A document can be made so that reading it takes days or all memory, and a search by pattern holds up every other thread
meanwhile. Here that ends the child and nothing else.
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
# So many documents are read at the same time; so many children wait for the next one.
_AT_ONCE = threading.BoundedSemaphore(4)
_KEPT = 2
# Starting a child is no work on a document.
_START_SECONDS = 60
# On a busy machine a second of work takes longer than a second.
_WALL = 4


class Overrun(Exception):
    """The work took more time or memory than it may."""


def confined(function: Callable[..., R], *args: Any, seconds: int = SECONDS) -> R:
    """Call a function in a child process.

    Args:
        function: of a module, so that the child finds it; it touches neither database nor files that are not its own.
        args: and what it answers: anything that can be pickled.
        seconds: of processor time; four times as much may pass by the clock.

    Raises:
        Overrun: it took too long or too much memory, or took the child down.
        Exception: what the function raises.
    """
    with _AT_ONCE:
        child = _children.take()
        try:
            done, answer = child.call(function, args, seconds)
        except BaseException:
            child.end()
            raise
        _children.give_back(child)
    if done:
        return answer
    raise answer


class _Child:
    """A process that waits for work. Started anew instead of forked: this process has threads and connections."""

    def __init__(self) -> None:
        start = multiprocessing.get_context("spawn")
        self._ours, theirs = start.Pipe()
        self._process = start.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()
        self._is_ready = False

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], seconds: int) -> tuple[bool, Any]:
        try:
            if not self._is_ready:
                self._wait(_START_SECONDS)
                self._is_ready = True
            self._ours.send((function, args, seconds))
            done, answer = self._wait(seconds * _WALL)
        except (EOFError, OSError):
            raise Overrun from None
        if not done and isinstance(answer, MemoryError | RecursionError):
            raise Overrun from None
        return done, answer

    def _wait(self, seconds: int) -> Any:
        if not self._ours.poll(seconds):
            raise Overrun
        return self._ours.recv()

    @property
    def lives(self) -> bool:
        return self._process.is_alive()

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._ours.close()


class _Children:
    """Those that wait."""

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


def _serve(pipe: Connection, parent: int) -> None:
    """Do what comes until nobody is there any more."""
    from ..text.parallel_markdown import end_with_parent

    end_with_parent(parent)
    pipe.send(True)
    while True:
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
    """From now on so much more processor time. Who is over is ended by the system, whatever it is doing."""
    if sys.platform == "win32":
        return
    import resource

    spent = int(time.process_time()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
