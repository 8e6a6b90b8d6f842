"""Many rows at once: asked for by one value, written without an object each, in batches that find their size."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from zhiliu.directory.models import Department, Person
from zhiliu.kit.system.db import AdaptiveBatch, insert_rows

pytestmark = pytest.mark.django_db


def make(count: int) -> None:
    columns = ["name", "handle", "employee_number", "hired_on", "extra", "joined_at", "password", "calendar_key"]
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    further = ["kind", "tagline", "experience", "pinyin", "language", "time_zone", "theme"]
    ends = ["is_active", "is_admin", "shows_presence", "shows_reading", "version", "address_round"]
    rows = [
        (f"员工{n}", f"p{n}", f"0{n}", dt.date(2020, 1, 1 + n), {"学校": n}, now, "!", "", "employee")
        + ("", "", "", "", "", "system", True, False, True, True, 1, 0)
        for n in range(count)
    ]
    insert_rows(Person, [*columns, *further, *ends], rows)


def test_rows_are_written_as_they_are_read_again() -> None:
    make(3)
    there = Person.objects.filter(handle__startswith="p").order_by("handle")
    assert [(item.hired_on.day, item.extra, item.email, item.joined_at.year) for item in there if item.hired_on] == [
        (1, {"学校": 0}, None, 2026),
        (2, {"学校": 1}, None, 2026),
        (3, {"学校": 2}, None, 2026),
    ]
    insert_rows(Person, ["name"], [])
    assert Person.objects.filter(handle__startswith="p").count() == 3


def test_texts_and_numbers_are_found_among_others() -> None:
    make(3)
    keys = list(Person.objects.filter(handle__among=["p0", "p2", "无"]).order_by("pk").values_list("pk", flat=True))
    assert Person.objects.filter(pk__among=keys).count() == 2
    # A number written with a nought in front stays a text.
    assert Person.objects.get(employee_number__among={"01"}).handle == "p1"
    assert not Person.objects.filter(employee_number__among=["1"]).exists()
    assert not Person.objects.filter(pk__among=[]).exists()
    assert not Department.objects.filter(code__among=["x"]).exists()
    assert Person.objects.exclude(pk__among=keys).filter(handle__startswith="p").get().handle == "p1"


def test_a_batch_grows_to_the_most_and_shrinks_to_the_least(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = AdaptiveBatch(200, most=1000)

    def work(rows: int, seconds: float) -> int:
        nonlocal now
        with pace.measured(rows):
            now += seconds
        return pace.size

    assert work(200, 0.01) == 400
    assert work(100, 5) == 400  # too few to tell anything
    assert work(400, 0.01) == 800
    assert work(800, 0.01) == 1000
    assert work(1000, 0.5) == 400
    assert work(400, 128) == 20
