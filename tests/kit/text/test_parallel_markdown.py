"""Many texts rendered at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from zhiliu.kit.text.markdown import render
from zhiliu.kit.text.parallel_markdown import WORTH_IT, renderer


@pytest.mark.parametrize("count", [1, WORTH_IT])
def test_texts_come_back_in_order_and_as_one_by_one(count: int) -> None:
    sources = [f"# {n}\n\n**{n}**<br>后\n" for n in range(5)]
    with renderer(count) as begin:
        later = [begin(sources[:3]), begin(sources[3:])]
        found = [rendered for wait in later for rendered in wait()]
    assert found == [render(source, html=True) for source in sources]


@pytest.mark.any_database
@pytest.mark.slow
def test_the_processes_end_when_their_parent_is_killed() -> None:
    code = (
        "import time\nfrom zhiliu.kit.text.parallel_markdown import renderer\n"
        "with renderer(1000) as begin:\n  begin(['a'])(); print('ready', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None and parent.stdout.readline() == "ready\n"
    family = psutil.Process(parent.pid).children(recursive=True)
    workers = [item for item in family if "spawn_main" in " ".join(item.cmdline())]
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while (
        any(worker.is_running() and worker.status() != "zombie" for worker in workers) and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert workers and not any(worker.is_running() and worker.status() != "zombie" for worker in workers)
