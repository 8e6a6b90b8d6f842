"""One sliding-window rate limit for everything that may happen only so often.

The events are counted where they are stored anyway (messages, command calls, attempts), so that a limit costs no write
of its own.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

Times = QuerySet[Any, dt.datetime] | Sequence[dt.datetime]


@dataclass(frozen=True)
class RateLimit:
    """At most ``limit`` events in any stretch of time as long as ``window``."""

    limit: int
    window: dt.timedelta

    def next_allowed(self, times: Times, now: dt.datetime | None = None) -> dt.datetime | None:
        """Return when another event is allowed, or None where it is allowed now.

        Args:
            times: when the events happened, newest first. Of a query set one row is read, the ``limit``-th newest.
            now: the moment to decide for; by default the present.
        """
        return self._free_after(times[self.limit - 1 : self.limit], now)

    def is_exceeded(self, times: Times, now: dt.datetime | None = None) -> bool:
        """Return whether there are more than ``limit`` events: for attempts, which are stored before they are judged.

        Args:
            times, now: as for :meth:`next_allowed`.
        """
        return self._free_after(times[self.limit : self.limit + 1], now) is not None

    def _free_after(self, oldest_that_counts: Times, now: dt.datetime | None) -> dt.datetime | None:
        for moment in oldest_that_counts:
            free = moment + self.window
            return free if free > (now or timezone.now()) else None
        return None


def seconds_until(moment: dt.datetime) -> int:
    """Return the whole seconds to wait, at least one, for the header ``Retry-After`` (RFC 9110, 10.2.3)."""
    return max(1, math.ceil((moment - timezone.now()).total_seconds()))
