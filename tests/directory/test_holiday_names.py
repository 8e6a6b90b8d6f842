"""Public holidays are stored in Chinese and read in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from zhiliu.directory.calendar import seed_year
from zhiliu.directory.holiday_names import holiday_name
from zhiliu.directory.models import SpecialDay


@pytest.mark.parametrize(
    ("stored", "english"),
    [
        ("元旦", "New Year’s Day"),
        ("农历除夕、春节", "Lunar New Year’s Eve, Spring Festival"),
        ("中秋节; 国庆节", "Mid-Autumn Festival, National Day"),
        ("清明节（补假）", "Qingming Festival (observed)"),
        ("休息日（由 2026-01-04 调休）", "Day off (worked on 2026-01-04 instead)"),
        ("厂庆", "厂庆"),
    ],
)
def test_a_holiday_has_its_english_name_and_a_name_of_ones_own_stays(stored, english):
    with translation.override("en"):
        assert holiday_name(stored) == english
    with translation.override("zh-hans"):
        assert holiday_name(stored) == stored


@pytest.mark.django_db
def test_every_day_of_the_published_years_has_an_english_name():
    for year in (2025, 2026):
        seed_year(year)
    with translation.override("en"):
        names = {holiday_name(name) for name in SpecialDay.objects.values_list("name", flat=True)}
    assert not [name for name in names if any("一" <= letter <= "鿿" for letter in name)]
