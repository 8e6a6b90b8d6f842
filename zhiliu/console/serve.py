"""The web process: Granian serving pages and live streams on one port. ``python -m zhiliu.console.serve HOST PORT``"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

# Maximum number of simultaneous connections, streams and pages together; more have to wait. Each open tab may be one.
MOST_CONNECTIONS = 65_536


def serve(host: str, port: int) -> None:
    """Serve until stopped. Streams still open are cut after two seconds."""
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
    """Raise the limit of open files as far as permitted; the usual 1,024 are too few for a company."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MOST_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, MOST_CONNECTIONS)
    with suppress(ValueError, OSError):  # keep the current limit if it cannot be raised
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
