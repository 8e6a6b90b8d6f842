"""Renders many texts at once, on all processors.

Rendering is most of the work of a large document import, and Python uses one processor for it.
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
    """Yield a function that starts rendering some texts and returns a function that waits for the result.

    Args:
        count: about how many texts there will be; few are rendered in this process.
    """
    workers = min(os.cpu_count() or 1, MOST)
    if count < WORTH_IT or workers < 2:
        yield lambda sources: lambda: _render_all(sources)
        return
    # Spawned, not forked: this process has threads and connections.
    start = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=start, initializer=_begin, initargs=(os.getpid(),))
    try:
        yield lambda sources: pool.submit(_render_and_sweep, list(sources)).result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _render_all(sources: Sequence[str]) -> list[Rendered]:
    return [render(source, html=True) for source in sources]


def _begin(parent: int) -> None:
    """Collect garbage once per batch: looking for cycles among a text's many small objects takes a sixth of the
    time.
    """
    gc.disable()
    end_with_parent(parent)


def _render_and_sweep(sources: Sequence[str]) -> list[Rendered]:
    rendered = _render_all(sources)
    gc.collect()
    # What is left are modules and lexers, many and permanent: the next collection need not visit them.
    gc.freeze()
    return rendered


def end_with_parent(parent: int) -> None:
    """End this process with its parent; if the parent was killed, it would wait for work forever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
