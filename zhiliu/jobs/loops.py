"""Loops that the job process turns besides the task queue."""

from __future__ import annotations

from collections.abc import Callable

from zhiliu.kit.contracts.registry import Registry

# A loop does one round and tells whether there may be more to do at once.
loops: Registry[Callable[[], bool]] = Registry("loops of the job process")
