"""Moments as people type them, read in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from zhiliu.kit.text.natural_dates import moment_in, split_moment

# A Wednesday.
NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def local(text: str) -> str | None:
    found = moment_in(text, NOW)
    return f"{timezone.localtime(found):%m-%d %H:%M}" if found else None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("明天下午3点", "11-26 15:00"),
        ("明天 15:00", "11-26 15:00"),
        ("30 分钟后", "11-25 15:30"),
        ("两小时后", "11-25 17:00"),
        ("半小时", "11-25 15:30"),
        ("下周一 9点", "11-30 09:00"),
        ("12月3日 10:00", "12-03 10:00"),
        ("１８：００", "11-25 18:00"),
        ("in 2 hours", "11-25 17:00"),
        ("tomorrow 9am", "11-26 09:00"),
        ("friday 10:00", "11-27 10:00"),
        # A day alone is its morning; what has passed comes round again.
        ("后天", "11-27 09:00"),
        ("9:00", "11-26 09:00"),
        ("下午三点", "11-26 15:00"),
        ("周二 9:00", "12-01 09:00"),
        # Midnight that is named is no day without a clock.
        ("今晚12点", "11-26 00:00"),
        ("明天0点", "11-26 00:00"),
        ("明天 ００：００", "11-26 00:00"),
        ("明天零点", "11-26 00:00"),
        ("周五0点", "11-27 00:00"),
        ("0点", "11-26 00:00"),
        ("tomorrow midnight", "11-26 00:00"),
        ("凌晨12点", "11-26 00:00"),
        ("后天凌晨十二点半", "11-27 00:30"),
        ("明天中午12点", "11-26 12:00"),
        ("今天24点", "11-26 00:00"),
    ],
)
def test_a_moment_is_read_as_it_is_meant(text: str, moment: str) -> None:
    assert local(text) == moment


@pytest.mark.parametrize("text", ["", "随便说说", "hello", "3", "@王一帆", "明天" * 20, "[]{}\\", "9" * 30, "25:99"])
def test_what_names_no_moment_is_none(text: str) -> None:
    assert moment_in(text, NOW) is None


@pytest.mark.parametrize(
    "text", ["后天25点", "后天二十五点", "13点60分", "13点六十分", "25:00", "13:60", "tomorrow 25:00"]
)
def test_a_clock_that_does_not_exist_is_refused_and_not_guessed(text: str) -> None:
    assert moment_in(text, NOW) is None
    assert split_moment(f"{text} 给客户回电话", NOW) is None


def test_a_day_with_a_clock_that_does_not_exist_is_no_day_alone() -> None:
    assert split_moment("后天 25点 给客户回电话", NOW) is None


@pytest.mark.parametrize(
    ("text", "moment", "rest"),
    [
        ("明天 15:00 给客户 回电话", "11-26 15:00", "给客户 回电话"),
        ("下周一 9点 交周报", "11-30 09:00", "交周报"),
        ("30 分钟后 看一眼", "11-25 15:30", "看一眼"),
        ("in 2 hours call Bob", "11-25 17:00", "call Bob"),
        ("18:00 走", "11-25 18:00", "走"),
    ],
)
def test_the_moment_at_the_beginning_is_parted_from_what_follows(text: str, moment: str, rest: str) -> None:
    found = split_moment(text, NOW)
    assert found is not None
    assert (f"{timezone.localtime(found[0]):%m-%d %H:%M}", found[1]) == (moment, rest)
    assert split_moment("交周报 明天", NOW) is None
