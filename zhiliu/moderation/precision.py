"""Precision of detectors: the share of held or flagged and decided cases that moderators kept out."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person

from .detecting import detectors
from .models import Decision, Verdict

MONTHS = 12
# With fewer decisions the page shows counts only.
ENOUGH = 20


def wilson(right: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the confidence interval of a share, also for few cases.

    Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927,
    Journal of the American Statistical Association 22, 209-212): with z of the normal distribution, (p + z²/2n ± z
    √(p(1-p)/n + z²/4n²)) / (1 + z²/n).

    Returns:
        Lower and upper end, 0 to 1; (0, 1) when nothing was decided.
    """
    if not of:
        return 0.0, 1.0
    share, z = right / of, NormalDist().inv_cdf(0.5 + confidence / 2)
    middle = share + z * z / (2 * of)
    width = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)


@dataclass(frozen=True)
class Score:
    """A detector's results in one period.

    Args:
        month: its first day, None for the total. held, flagged: number of decided cases of either kind.
        confirmed: how many of them were kept out.
    """

    month: dt.date | None
    held: int
    flagged: int
    confirmed: int

    @property
    def decided(self) -> int:
        """Return the number of decided cases."""
        return self.held + self.flagged

    @property
    def overturned(self) -> int:
        """Return how many were published or kept after all."""
        return self.decided - self.confirmed

    @property
    def tells(self) -> bool:
        """Return whether there are enough decisions for a share to mean anything."""
        return self.decided >= ENOUGH

    @property
    def percent(self) -> int | None:
        """Return the precision in percent."""
        return round(100 * self.confirmed / self.decided) if self.decided else None

    @property
    def interval(self) -> tuple[int, int]:
        """Return its 95 percent confidence interval."""
        low, high = wilson(self.confirmed, self.decided)
        return round(100 * low), round(100 * high)


@dataclass(frozen=True)
class Scores:
    """A detector's results by month, newest first."""

    detector: Any
    total: Score
    months: list[Score]


def scores(person: Person, community: Community | None = None) -> list[Scores]:
    """Return the results of each detector where ``person`` moderates, over the last twelve months; one query."""
    since = timezone.now() - dt.timedelta(days=31 * MONTHS)
    decisions = Decision.objects.standing().moderated_by(person)
    if community is not None:
        decisions = decisions.filter(community=community)
    rows = (
        Verdict.objects.filter(decision__in=decisions.values("pk"), at__gte=since)
        .annotate(month=TruncMonth("at"))
        .values("detector", "month")
        .annotate(
            held=Count("pk", filter=Q(was_held=True)),
            flagged=Count("pk", filter=Q(was_held=False)),
            confirmed=Count("pk", filter=Q(is_confirmed=True)),
        )
        .order_by("-month")
    )
    by_detector: dict[str, list[Score]] = defaultdict(list)
    for row in rows:
        month = timezone.localtime(row["month"]).date()
        by_detector[row["detector"]].append(Score(month, row["held"], row["flagged"], row["confirmed"]))
    return [Scores(detector, _sum(by_detector[detector.key]), by_detector[detector.key]) for detector in detectors]


def _sum(months: Iterable[Score]) -> Score:
    rows = list(months)
    return Score(None, *(sum(getattr(row, name) for row in rows) for name in ("held", "flagged", "confirmed")))
