"""How often detectors are right, with an interval that says how little few decisions tell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.moderation.models import Decision, Verdict
from zhiliu.moderation.precision import scores, wilson


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        # Of n wrong ones the interval ends at z²/(n + z²), of n right ones it begins at n/(n + z²).
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.27753),
        (1, 2, 0.09453, 0.90547),
        (8, 10, 0.49016, 0.94332),
        (81, 100, 0.72221, 0.87486),
        (10, 10, 0.72247, 1.0),
    ],
)
def test_wilsons_interval(right: int, of: int, low: float, high: float) -> None:
    assert wilson(right, of) == pytest.approx((low, high), abs=1e-4)


def judge(community: Community, detector: str, *, held: bool, right: bool, at: dt.datetime) -> None:
    decision = Decision.objects.create(community=community, kind="message", outcome="taken_down" if right else "left")
    Verdict.objects.create(decision=decision, detector=detector, was_held=held, is_confirmed=right, at=at)


def test_detectors_are_counted_by_month(community: Community, closed_community: Community, lin: Person) -> None:
    now = timezone.now()
    this, last = now.replace(day=1, hour=12), (now.replace(day=1) - dt.timedelta(days=5)).replace(hour=12)
    judge(community, "adverts", held=True, right=True, at=this)
    judge(community, "adverts", held=True, right=True, at=this)
    judge(community, "adverts", held=False, right=False, at=this)
    judge(community, "adverts", held=False, right=True, at=last)
    judge(closed_community, "adverts", held=True, right=False, at=this)
    judge(community, "insults", held=True, right=True, at=now - dt.timedelta(days=500))
    found = {score.detector.key: score for score in scores(lin, community)}
    months = [
        (month.held, month.flagged, month.confirmed, month.overturned, month.percent)
        for month in found["adverts"].months
    ]
    assert months == [(2, 1, 2, 1, 67), (0, 1, 1, 0, 100)]
    total = found["adverts"].total
    assert (total.decided, total.percent, total.interval) == (4, 75, (30, 95))
    assert (found["insults"].total.decided, found["insults"].total.percent) == (0, None)
    everywhere = {score.detector.key: score for score in scores(lin)}
    assert everywhere["adverts"].total.decided == 5


def test_only_what_one_moderates_is_counted(community: Community, wang: Person) -> None:
    judge(community, "adverts", held=True, right=True, at=timezone.now())
    assert [score.total.decided for score in scores(wang)] == [0, 0, 0, 0]


def test_a_share_is_shown_from_twenty_decisions_on(community: Community, lin: Person, browse: Any) -> None:
    path = f"/communities/{community.slug}/moderation/detectors/"
    for _number in range(19):
        judge(community, "adverts", held=True, right=True, at=timezone.now())
    page = browse(lin).get(path).content.decode()
    assert "次数太少，还看不出" in page and "100\xa0%" not in page
    judge(community, "adverts", held=True, right=True, at=timezone.now())
    assert "100\xa0%" in browse(lin).get(path).content.decode()
