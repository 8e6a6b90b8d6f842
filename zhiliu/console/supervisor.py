"""``zhiliu up``: one parent for the web process, the job process and, if configured, the relay and the LMTP process.

The parent does not load Django, so it stays small. It restarts processes that die, with growing delays if they die at
once. On SIGTERM or SIGINT it asks all to stop, and kills them after 3.5 seconds, so that open streams cannot delay it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

GRACE_SECONDS = 3.5
QUICK_SECONDS = 10.0
LOOK_SECONDS = 0.5
MAX_DELAY = 30.0


@dataclass
class Child:
    """A supervised process.

    Args:
        name: for messages. arguments: its command line.
    """

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process, in its own session so that Ctrl C reaches the parent only."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.arguments, start_new_session=True)

    def look_after(self, now: float) -> None:
        """Record a death, and restart when the delay is over."""
        if self.process is not None and self.process.poll() is not None:
            lived = now - self.started
            self.deaths = self.deaths + 1 if lived < QUICK_SECONDS else 0
            delay = min(MAX_DELAY, 0.5 * 2**self.deaths)
            print_line(f"{self.name} ended with {self.process.returncode}; starting it again in {delay:.0f} s")
            self.process, self.again_at = None, now + delay
        if self.process is None and now >= self.again_at:
            self.start()

    def signal(self, number: int) -> None:
        """Send a signal to the process and its children."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def is_running(self) -> bool:
        """Return True if it is running."""
        return self.process is not None and self.process.poll() is None


def print_line(text: str) -> None:
    """Print a line for the operator."""
    print(f"zhiliu: {text}", file=sys.stderr, flush=True)


def children(host: str, port: int, *, relays: bool = False, lmtp: str = "") -> list[Child]:
    """Return the processes of an installation.

    Args:
        relays: nginx holds the live streams, so events are relayed to it.
        lmtp: host:port for LMTP; '' for none.
    """
    python = sys.executable
    processes = [
        Child("web", [python, "-m", "zhiliu.console.serve", host, str(port)]),
        Child("jobs", [python, "-m", "zhiliu.console.job_process"]),
    ]
    if relays:
        processes.append(Child("relay", [python, "-m", "zhiliu.console.live_relay"]))
    if lmtp:
        mail_host, _, mail_port = lmtp.rpartition(":")
        processes.append(Child("mail", [python, "-m", "zhiliu.console.mail_process", mail_host.strip("[]"), mail_port]))
    return processes


def supervise(children: list[Child], when_up: Callable[[], Any] | None = None) -> int:
    """Keep the children running until SIGTERM or SIGINT.

    Args:
        when_up: called once after the start.

    Returns:
        The exit code.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    for child in children:
        child.start()
    if when_up is not None:
        threading.Thread(target=when_up, daemon=True).start()
    while not stopping.wait(LOOK_SECONDS):
        now = time.monotonic()
        for child in children:
            child.look_after(now)
    stop(children)
    return 0


def stop(children: list[Child]) -> None:
    """Ask all children to stop; kill them after the grace period."""
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(child.is_running() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
