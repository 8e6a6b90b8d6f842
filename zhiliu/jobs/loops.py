"""Loops that the job process runs besides the task queue."""

from __future__ import annotations

from collections.abc import Callable

from zhiliu.kit.contracts.registry import Registry

# A loop runs one round and returns whether there may be more to do at once.
loops: Registry[Callable[[], bool]] = Registry("loops of the job process")
