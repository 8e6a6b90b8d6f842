"""The job process: the task queue, the loops, the periodic table, a heartbeat and the reaper."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from typing import Any

from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from .loops import loops
from .models import Heartbeat
from .periodic import start_due
from .retrying import reap

logger = logging.getLogger(__name__)
BEAT_SECONDS = 5
TURN_SECONDS = 0.3


class JobRunner:
    """One job process.

    Args:
        worker_id: unique among all workers; made up when not given.
    """

    def __init__(self, worker_id: str = "") -> None:
        self.worker_id = worker_id or get_random_string(32)
        self.stopping = threading.Event()
        self.worker = Worker(
            queue_names=["*"],
            interval=0.5,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self.worker_id,
            excluded_queue_names=[],
        )

    def run(self) -> None:
        """Work until :meth:`stop`."""
        threads = [
            threading.Thread(target=self._work, name="tasks", daemon=True),
            threading.Thread(target=self._beat, name="heartbeat", daemon=True),
        ]
        for thread in threads:
            thread.start()
        self._turn()
        for thread in threads:
            thread.join(timeout=3)
        Heartbeat.objects.filter(worker=self.worker_id).delete()

    def stop(self, *_signal: Any) -> None:
        """Finish the round and end. A task cut off by the end of the process is reaped later."""
        self.stopping.set()
        self.worker.running = False

    def _work(self) -> None:
        while not self.stopping.is_set():
            try:
                self.worker.run()
            except Exception:
                logger.exception("the task queue stumbled; going on")
                close_old_connections()
                self.stopping.wait(2)

    def _beat(self) -> None:
        while True:
            try:
                close_old_connections()
                self.beat()
                reap()
                start_due()
            except Exception:
                logger.exception("the heartbeat stumbled; going on")
            if self.stopping.wait(BEAT_SECONDS):
                connection.close()
                return

    def beat(self) -> None:
        """Say that this worker is alive."""
        Heartbeat.objects.update_or_create(
            worker=self.worker_id,
            defaults={"seen_at": timezone.now(), "host": socket.gethostname(), "process_id": os.getpid()},
        )

    def _turn(self) -> None:
        while not self.stopping.is_set():
            close_old_connections()
            started = time.monotonic()
            busy = False
            for loop in loops:
                try:
                    busy |= loop()
                except Exception:
                    logger.exception("a loop stumbled; going on")
            if not busy:
                self.stopping.wait(max(0.0, TURN_SECONDS - (time.monotonic() - started)))
