"""Many texts rendered at once, on all processors.

Rendering is most of the work when documents come in by the thousand, and Python uses one processor for it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from .markdown import Rendered, render

# Below this, starting processes takes longer than they save.
WORTH_IT = 150
MOST = 4

Later = Callable[[], list[Rendered]]


@contextmanager
def renderer(count: int) -> Iterator[Callable[[Sequence[str]], Later]]:
    """A function that begins to render some texts and answers with one that waits for the result.

    Args:
        count: about how many texts there will be; few are rendered in this process.
    """
    workers = min(os.cpu_count() or 1, MOST)
    if count < WORTH_IT or workers < 2:
        yield lambda sources: lambda: _render_all(sources)
        return
    # Started anew instead of forked: this process has threads and connections.
    start = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=start, initializer=_begin, initargs=(os.getpid(),))
    try:
        yield lambda sources: pool.submit(_render_and_sweep, list(sources)).result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _render_all(sources: Sequence[str]) -> list[Rendered]:
    return [render(source, html=True) for source in sources]


def _begin(parent: int) -> None:
    """Looking for circles among the many small objects of a text takes a sixth of the time: it is done once a batch."""
    gc.disable()
    end_with_parent(parent)


def _render_and_sweep(sources: Sequence[str]) -> list[Rendered]:
    found = _render_all(sources)
    gc.collect()
    # What is left are modules and lexers, many and here to stay: the next sweep need not look at them.
    gc.freeze()
    return found


def end_with_parent(parent: int) -> None:
    """A process whose parent was killed would wait for work forever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
