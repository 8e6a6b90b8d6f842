"""Pages by key."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import RequestFactory

from zhiliu.directory.models import Skill, SpecialDay
from zhiliu.kit.web.paging import page_of


def walk(by: str, size: int) -> list[list[str]]:
    pages, url = [], "/list/?q=x"
    while url:
        request = RequestFactory().get(url.split("?")[0], dict(parse_qsl(urlsplit(url).query)))
        page: Any = page_of(Skill.objects.all(), request, by=by, size=size)
        pages.append([row.name for row in page])
        url = page.next_url
    return pages


@pytest.mark.django_db
def test_every_row_comes_once_in_both_directions() -> None:
    Skill.objects.bulk_create(Skill(name=f"{number:02}") for number in range(7))
    assert walk("name", 3) == [["00", "01", "02"], ["03", "04", "05"], ["06"]]
    assert walk("-name", 3) == [["06", "05", "04"], ["03", "02", "01"], ["00"]]


@pytest.mark.django_db
def test_a_forged_position_shows_the_first_page() -> None:
    Skill.objects.bulk_create(Skill(name=f"{number:02}") for number in range(3))
    request = RequestFactory().get("/list/", {"after": "forged"})
    assert [row.name for row in page_of(Skill.objects.all(), request, by="name", size=2)] == ["00", "01"]


@pytest.mark.django_db
def test_a_position_of_another_order_shows_the_first_page() -> None:
    day = dt.date(2026, 3, 2)
    SpecialDay.objects.bulk_create(
        SpecialDay(date=day + dt.timedelta(days=number), name=f"{number}", works=False) for number in range(3)
    )
    by_name: Any = page_of(SpecialDay.objects.all(), RequestFactory().get("/list/"), by="name", size=2)
    request = RequestFactory().get("/list/", dict(parse_qsl(urlsplit(by_name.next_url).query)))
    assert [row.name for row in page_of(SpecialDay.objects.all(), request, by="date", size=2)] == ["0", "1"]


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["name", "-name"])
def test_rows_of_equal_value_are_neither_lost_nor_shown_twice(by: str) -> None:
    """Ties are settled by the key, also where they lie across the end of a page."""
    day = dt.date(2026, 3, 2)
    SpecialDay.objects.bulk_create(
        SpecialDay(date=day + dt.timedelta(days=number), name="同一个名字", works=number > 4) for number in range(7)
    )
    assert [len(page) for page in walk_days(by)] == [3, 3, 1]
    seen = [key for page in walk_days(by) for key in page]
    assert seen == sorted(seen, reverse=by.startswith("-"))


def walk_days(by: str) -> list[list[int]]:
    pages, url = [], "/list/?q=x"
    while url and len(pages) < 9:
        request = RequestFactory().get(url.split("?")[0], dict(parse_qsl(urlsplit(url).query)))
        page: Any = page_of(SpecialDay.objects.all(), request, by=by, size=3)
        pages.append([row.pk for row in page])
        url = page.next_url
    return pages
