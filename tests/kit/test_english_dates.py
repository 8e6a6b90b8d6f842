"""English has one way to write a date, with a capital where it begins a line."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone, translation
from django.utils.formats import date_format

from zhiliu.kit.templatetags.ui import when


def test_dates_of_lists_are_written_day_month_year_in_english_and_by_numbers_in_chinese():
    moment = dt.datetime(2026, 11, 29, 15, 5)
    with translation.override("en"):
        said = [
            date_format(moment, form) for form in ("SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT", "YEAR_MONTH_FORMAT")
        ]
        assert said == ["29 Nov 2026", "29 Nov 2026 15:05", "November 2026"]
    with translation.override("zh-hans"):
        assert date_format(moment, "SHORT_DATETIME_FORMAT") == "2026-11-29 15:05"


def test_words_for_a_moment_begin_with_a_capital_except_inside_a_sentence():
    today = timezone.localdate()
    with translation.override("en"):
        assert ">Today<" in when(today) and ">today<" in when(today, inside=True)
        assert ">Tomorrow<" in when(today + dt.timedelta(days=1))
        assert "min ago<" in when(timezone.now() - dt.timedelta(minutes=26))
