"""Working hours and special days: everybody looks, administrators change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.cast import make_person
from zhiliu.activity.models import Activity
from zhiliu.directory.calendar import WorkCalendar, calendar_around, seed_year
from zhiliu.directory.holidays import year_shown
from zhiliu.directory.models import Person, SpecialDay, WorkHours
from zhiliu.directory.working_time import confirm_year, enter_year, remove_day, set_day, set_hours
from zhiliu.kit.errors import Forbidden, Refused

pytestmark = pytest.mark.django_db
HOURS = {"starts": "08:30", "lunch_starts": "12:00", "lunch_ends": "13:00", "ends": "17:30"}


def test_everybody_sees_hours_and_holidays(lin: Person, browse: Any) -> None:
    seed_year(2026)
    text = browse(lin).get("/working-time/2026/").content.decode()
    assert "国庆" in text and "09:00–12:00" in text and "休" in text and "班" in text
    assert "/working-time/days/" not in text
    assert browse(lin).get("/working-time/1066/").status_code == 404


def test_days_in_a_row_are_one_holiday_and_working_days_are_counted() -> None:
    seed_year(2026)
    year = year_shown(2026)
    national = next(stretch for stretch in year.stretches if stretch.first == dt.date(2026, 10, 1))
    assert (national.days, national.name) == (7, "国庆节")
    spring = next(stretch for stretch in year.stretches if "春节" in stretch.name)
    assert (spring.first, spring.last) == (dt.date(2026, 2, 15), dt.date(2026, 2, 23))
    calendar = WorkCalendar(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    every = (dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(365))
    assert year.working_days == sum(calendar.works(day) for day in every)


def test_hours_are_set_in_order(admin: Person, browse: Any) -> None:
    client = browse(admin)
    assert client.post("/working-time/hours/", HOURS).status_code == 302
    assert str(WorkHours.objects.get()) == "08:30–17:30"
    assert client.post("/working-time/hours/", {**HOURS, "lunch_starts": "14:00"}).status_code == 200
    assert WorkHours.objects.get().lunch_starts == dt.time(12)


def test_a_day_is_added_corrected_and_removed(admin: Person, browse: Any) -> None:
    client = browse(admin)
    day = dt.date(2026, 6, 26)
    sent = {"date": "2026-06-26", "works": "no", "name": "厂庆"}
    assert client.post("/working-time/days/2026-06-26/", sent).status_code == 302
    assert not WorkCalendar(day, day).works(day)
    client.post("/working-time/days/2026-06-26/", {**sent, "works": "yes"})
    assert WorkCalendar(day, day).works(day)
    assert SpecialDay.objects.count() == 1
    client.post("/working-time/days/2026-06-26/removal/")
    client.post("/working-time/days/2026-06-26/removal/")
    assert not SpecialDay.objects.exists()
    assert Activity.objects.filter(verb="directory.working_time_changed").count() == 3
    assert client.get("/working-time/days/2026-02-30/").status_code == 404


def test_a_provisional_year_is_marked_until_it_is_checked(admin: Person, lin: Person, browse: Any) -> None:
    year = dt.date.today().year + 1
    client = browse(admin)
    assert "还没有录入" in client.get(f"/working-time/{year}/").content.decode()
    client.post(f"/working-time/{year}/entry/")
    assert SpecialDay.objects.filter(date__year=year, provisional=True).exists()
    assert "暂定" in browse(lin).get(f"/working-time/{year}/").content.decode()
    client.post(f"/working-time/{year}/confirmation/")
    assert "暂定" not in browse(lin).get(f"/working-time/{year}/").content.decode()
    assert not SpecialDay.objects.filter(provisional=True).exists()


def test_what_was_corrected_stays_when_the_year_is_entered_again(admin: Person) -> None:
    enter_year(2026, by=admin)
    set_day(dt.date(2026, 10, 1), name="值班", works=True, by=admin)
    assert enter_year(2026, by=admin) == 0
    assert SpecialDay.objects.get(date=dt.date(2026, 10, 1)).name == "值班"
    with pytest.raises(Refused):
        enter_year(2090, by=admin)


def test_only_administrators_change(lin: Person, browse: Any) -> None:
    seed_year(2026)
    before = SpecialDay.objects.count()
    day = dt.date(2026, 10, 1)
    nine = dt.time(9)
    for act in (
        lambda: set_hours(starts=nine, lunch_starts=nine, lunch_ends=nine, ends=nine, by=lin),
        lambda: set_day(day, name="x", works=True, by=lin),
        lambda: remove_day(day, by=lin),
        lambda: confirm_year(2026, by=lin),
        lambda: enter_year(2027, by=lin),
    ):
        with pytest.raises(Forbidden):
            act()
    client = browse(lin)
    assert client.get("/working-time/hours/").status_code == 403
    assert client.get("/working-time/days/2026-10-01/").status_code == 403
    for act in ("days/2026-10-01/removal", "2026/confirmation", "2027/entry"):
        assert client.post(f"/working-time/{act}/").status_code == 403
    assert SpecialDay.objects.count() == before


@pytest.mark.parametrize("count", [1, 3])
def test_the_year_asks_a_fixed_number_of_questions(
    count: int, browse: Any, admin: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        set_day(dt.date(2026, 6, 1 + number), name="厂庆", works=False, by=admin)
    client = browse(make_person("p1"))
    client.get("/working-time/2026/")
    with django_assert_max_num_queries(8):
        assert client.get("/working-time/2026/").status_code == 200


def test_worked_time_leaves_out_nights_lunch_weekends_and_holidays() -> None:
    seed_year(2026)
    zone = dt.timezone(dt.timedelta(hours=8))

    def worked(start: tuple[int, ...], end: tuple[int, ...]) -> float:
        begins, ends = dt.datetime(2026, *start, tzinfo=zone), dt.datetime(2026, *end, tzinfo=zone)  # type: ignore[misc, arg-type]
        return calendar_around(begins, ends).worked(begins, ends).total_seconds() / 3600

    # 26 June 2026 is a Friday, 1 to 7 October are holidays.
    assert worked((6, 26, 8, 0), (6, 26, 10, 0)) == 1
    assert worked((6, 26, 11, 0), (6, 26, 14, 0)) == 1.5
    assert worked((6, 26, 17, 0), (6, 29, 10, 0)) == 2
    assert worked((6, 26, 0, 0), (6, 27, 0, 0)) == 7.5
    assert worked((9, 30, 17, 0), (10, 8, 9, 30)) == 1.5
    assert worked((6, 26, 10, 0), (6, 26, 9, 30)) == 0
    # The same moments told in UTC.
    start, end = dt.datetime(2026, 6, 26, 0, 0, tzinfo=dt.UTC), dt.datetime(2026, 6, 26, 2, 0, tzinfo=dt.UTC)
    assert calendar_around(start, end).worked(start, end) == dt.timedelta(hours=1)
