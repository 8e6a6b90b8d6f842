"""A sliding window: so many events, and no more until the oldest of them is old enough."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from freezegun import freeze_time

from zhiliu.kit.system.rate_limit import RateLimit, seconds_until

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def ago(*seconds: int) -> list[dt.datetime]:
    return [NOW - dt.timedelta(seconds=second) for second in seconds]


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        pytest.param(ago(), None, id="nothing happened yet"),
        pytest.param(ago(1, 2), None, id="one below the limit"),
        pytest.param(ago(1, 2, 20), 40, id="the limit is reached: when the third newest is a minute old"),
        pytest.param(ago(1, 2, 20, 30, 59), 40, id="older events do not prolong the wait"),
        pytest.param(ago(1, 2, 60), None, id="exactly one window ago no longer counts"),
        pytest.param(ago(1, 2, 59), 1, id="a second before that it does"),
    ],
)
def test_another_event_is_allowed_once_the_oldest_that_counts_has_left_the_window(times, seconds):
    allowed = RateLimit(3, MINUTE).next_allowed(times, NOW)
    assert allowed == (None if seconds is None else NOW + dt.timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("times", "exceeded"),
    [
        pytest.param(ago(1, 2, 3), False, id="as many as allowed"),
        pytest.param(ago(1, 2, 3, 59), True, id="one more"),
        pytest.param(ago(1, 2, 3, 60), False, id="one more, a whole window ago"),
    ],
)
def test_what_is_stored_before_it_is_judged_may_be_as_much_as_the_limit(times, exceeded):
    assert RateLimit(3, MINUTE).is_exceeded(times, NOW) is exceeded


def test_by_default_the_present_decides():
    limit = RateLimit(1, MINUTE)
    with freeze_time(NOW):
        assert limit.next_allowed(ago(30)) == NOW + dt.timedelta(seconds=30)
        assert limit.next_allowed(ago(61)) is None


def test_the_header_asks_for_whole_seconds_and_at_least_one():
    with freeze_time(NOW):
        waits = [seconds_until(timezone.now() + dt.timedelta(seconds=wait)) for wait in (-5, 0, 0.2, 1.0, 12.3)]
    assert waits == [1, 1, 1, 1, 13]
