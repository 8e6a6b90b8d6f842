"""Wakes waiting readers after a commit that wrote to the log, so that they need not poll."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction

from zhiliu.kit.contracts.registry import Registry

logger = logging.getLogger(__name__)
wakers: Registry[Callable[[], None]] = Registry("who is woken when the log grew")


def nudge_after_commit() -> None:
    """Wake the readers after the commit, once per transaction however many facts it announces."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _nudge for entry in waiting):
        transaction.on_commit(_nudge)


def _nudge() -> None:
    for wake in wakers:
        try:
            wake()
        except Exception:
            # Readers also poll now and then: nothing is lost, only delayed.
            logger.exception("could not wake the readers of the log")
