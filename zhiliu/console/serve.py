"""The web process: Granian serving pages and live streams on one port. ``python -m zhiliu.console.serve HOST PORT``"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

# Connections at once, streams and pages together; more wait unanswered. Each open tab of each colleague may be one.
MOST_CONNECTIONS = 65_536


def serve(host: str, port: int) -> None:
    """Serve until told to stop. Streams that are open then are cut after two seconds."""
    _allow_files()
    Server(
        "config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        runtime_threads=1,
        log_level=LogLevels.warning,
        workers_kill_timeout=2,
        respawn_failed_workers=True,
        backlog=2048,
        backpressure=MOST_CONNECTIONS,
    ).serve()


def _allow_files() -> None:
    """As many open connections as the machine allows this user; the usual 1,024 are too few for a company."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, MOST_CONNECTIONS)
    with suppress(ValueError, OSError):  # a machine that allows no more keeps what it has
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
