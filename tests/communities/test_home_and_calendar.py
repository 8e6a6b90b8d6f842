"""The home page is arranged by those who look after it, and the calendar shows what is on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import make_community
from zhiliu.communities.arranging import (
    MOST_TEXTS,
    add_text,
    change_text,
    place_block,
    remove_text,
    settle_blocks,
    show_block,
)
from zhiliu.communities.calendar_grid import month_of, read_month
from zhiliu.communities.models import Community, HomeBlock, Occasion
from zhiliu.communities.occasions import add_occasion, change_occasion, remove_occasion
from zhiliu.communities.queries import home_page, home_sections
from zhiliu.directory.calendar import seed_year
from zhiliu.directory.models import Person
from zhiliu.gatherings.models import Gathering
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.polls.voting import open_poll

pytestmark = pytest.mark.django_db
NOVEMBER = dt.date(2026, 11, 1)


def names(community: Community) -> list[str]:
    """Keys and titles of the blocks, from the top."""
    return [block.key or block.title for block in settle_blocks(community)]


def test_a_new_home_shows_every_section_an_app_offers(community: Community) -> None:
    assert names(community) == home_sections.names()
    assert names(community) == home_sections.names()
    assert HomeBlock.objects.count() == len(home_sections.names())


def test_a_block_moves_to_its_place_and_moving_twice_is_harmless(community: Community, lin: Person) -> None:
    text = add_text(community, title="先看这里", text="**三件事**", by=lin)
    expected = ["先看这里", *home_sections.names()]
    for _ in range(2):
        place_block(text, 0, by=lin)
        assert names(community) == expected
    place_block(text, 99, by=lin)
    assert names(community) == [*home_sections.names(), "先看这里"]


def test_a_hidden_section_is_gone_from_the_page_and_can_come_back(community: Community, lin: Person) -> None:
    text = add_text(community, title="先看这里", text="**三件事**", by=lin)
    assert "communities/text_section.html" in [entry["template"] for entry in home_page(community, lin)]
    show_block(text, visible=False, by=lin)
    show_block(text, visible=False, by=lin)
    assert "communities/text_section.html" not in [entry["template"] for entry in home_page(community, lin)]
    show_block(text, visible=True, by=lin)
    assert "communities/text_section.html" in [entry["template"] for entry in home_page(community, lin)]


def test_members_do_not_arrange_the_page(community: Community, lin: Person, wang: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    with pytest.raises(Forbidden):
        place_block(text, 0, by=wang)
    with pytest.raises(Forbidden):
        show_block(text, visible=False, by=wang)
    with pytest.raises(Forbidden):
        add_text(community, title="我的", text="一段", by=wang)
    with pytest.raises(Forbidden):
        remove_text(text, by=wang)
    assert names(community)[-1] == "先看这里" and not HomeBlock.objects.get(pk=text.pk).is_hidden


def test_the_second_editor_of_a_text_is_refused_and_nothing_is_lost(community: Community, lin: Person) -> None:
    text = add_text(community, title="先看这里", text="三件事", by=lin)
    change_text(text, title="先看这里", text="四件事", version=1, by=lin)
    with pytest.raises(Refused):
        change_text(text, title="旧的", text="两件事", version=1, by=lin)
    text.refresh_from_db()
    assert (text.title, text.text, text.version) == ("先看这里", "四件事", 2)


def test_texts_of_its_own_are_few_and_safe(community: Community, lin: Person) -> None:
    for number in range(MOST_TEXTS):
        add_text(community, title=f"第 {number} 段", text="<script>alert(1)</script>", by=lin)
    with pytest.raises(Refused):
        add_text(community, title="太多", text="一段", by=lin)
    assert HomeBlock.objects.filter(key="").count() == MOST_TEXTS
    assert "<script" not in HomeBlock.objects.filter(key="")[0].html


def test_sections_are_hidden_not_removed(community: Community, lin: Person) -> None:
    section = settle_blocks(community)[0]
    remove_text(section, by=lin)
    assert HomeBlock.objects.filter(pk=section.pk).exists()


def entries(community: Community, viewer: Person, first: dt.date = NOVEMBER) -> dict[int, list[str]]:
    """Titles by day of the month."""
    shown = month_of(community, viewer, first)
    return {day.date.day: [entry.title for entry in day.entries] for day in shown.busy}


def gathering(community: Community, day: int, **fields: Any) -> Gathering:
    """A fixed one in November at 15:00."""
    starts = timezone.make_aware(dt.datetime(2026, 11, day, 15))
    values = {"title": f"{day} 日的", "state": "fixed", "starts_at": starts, "ends_at": starts + dt.timedelta(hours=1)}
    return Gathering.objects.create(community=community, **{**values, **fields})


def test_a_month_shows_gatherings_polls_and_occasions_in_the_order_of_the_day(
    community: Community, lin: Person, sun: Person
) -> None:
    add_occasion(community, title="盘点周", starts_on=dt.date(2026, 11, 5), ends_on=dt.date(2026, 11, 6), by=lin)
    gathering(community, 5)
    gathering(community, 9, state="cancelled")
    gathering(community, 10, format="tea_chat")
    closes = timezone.make_aware(dt.datetime(2026, 11, 30, 23, 59, 59))
    soon = timezone.now() + dt.timedelta(3)
    poll = open_poll(community, question="下次聊哪个", options=["一", "二"], closes_at=soon, is_secret=False, by=lin)
    type(poll).objects.filter(pk=poll.pk).update(closes_at=closes)
    assert entries(community, lin) == {5: ["盘点周", "5 日的"], 6: ["盘点周"], 30: ["下次聊哪个"]}
    assert entries(community, lin, dt.date(2026, 12, 1)) == {}


def test_what_one_cannot_see_is_not_in_the_calendar(lin: Person, wang: Person, sun: Person) -> None:
    closed = make_community(lin, wang, name="闭门", visibility="private")
    gathering(closed, 5)
    assert entries(closed, wang) == {5: ["5 日的"]}
    client = Client()
    client.force_login(sun)
    assert client.get(f"/communities/{closed.slug}/calendar/").status_code == 404


def test_holidays_and_shifted_days_are_marked(community: Community, lin: Person) -> None:
    seed_year(2026)
    october = month_of(community, lin, dt.date(2026, 10, 1))
    days = {day.date: day for week in october.weeks for day in week}
    assert days[dt.date(2026, 10, 1)].off and days[dt.date(2026, 10, 1)].mark == "休"
    worked = [day for day in days.values() if day.mark == "班"]
    assert worked and all(day.date.weekday() >= 5 and not day.off for day in worked)


@pytest.mark.parametrize("text", ["", "2026-13", "../..", "99999-01", "2026-11-01"])
def test_any_other_month_is_the_current_one(text: str) -> None:
    assert read_month(text) == timezone.localdate().replace(day=1)


def test_occasions_are_checked_and_changed_by_those_who_look_after_it(
    community: Community, lin: Person, wang: Person
) -> None:
    day = dt.date(2026, 11, 5)
    with pytest.raises(Refused):
        add_occasion(community, title="倒着", starts_on=day, ends_on=day - dt.timedelta(1), by=lin)
    with pytest.raises(Refused):
        add_occasion(community, title="太长", starts_on=day, ends_on=day + dt.timedelta(400), by=lin)
    with pytest.raises(Forbidden):
        add_occasion(community, title="我的", starts_on=day, ends_on=day, by=wang)
    assert not Occasion.objects.exists()
    occasion = add_occasion(community, title="盘点周", starts_on=day, ends_on=day, by=lin)
    change_occasion(occasion, title="大盘点", starts_on=day, ends_on=day, version=1, by=lin)
    with pytest.raises(Refused):
        change_occasion(occasion, title="旧的", starts_on=day, ends_on=day, version=1, by=lin)
    assert Occasion.objects.get().title == "大盘点"
    for _ in range(2):
        remove_occasion(occasion, by=lin)
    assert not Occasion.objects.exists()


def test_the_calendar_asks_as_often_with_three_entries_as_with_one(community: Community, lin: Person) -> None:
    client = Client()
    client.force_login(lin)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/communities/{community.slug}/calendar/?month=2026-11").status_code == 200
        return len(asked)

    day = dt.date(2026, 11, 5)
    gathering(community, 3)
    add_occasion(community, title="盘点周", starts_on=day, ends_on=day, by=lin)
    queries()
    query = queries()
    for number in range(2):
        gathering(community, 10 + number)
        add_occasion(community, title=f"事 {number}", starts_on=day, ends_on=day, by=lin)
    assert queries() == query


def test_the_manager_arranges_and_enters_through_the_pages(community: Community, lin: Person, wang: Person) -> None:
    client = Client()
    client.force_login(lin)
    home = f"/communities/{community.slug}/"
    assert client.get(f"{home}home/").status_code == 200
    client.post(f"{home}home/texts/new/", {"title": "先看这里", "text": "三件事", "_once": "a"})
    client.post(f"{home}home/texts/new/", {"title": "先看这里", "text": "三件事", "_once": "a"})
    text = HomeBlock.objects.get(key="")
    client.post(f"{home}home/{text.pk}/", {"place": "0"})
    assert "三件事" in client.get(home).content.decode()
    assert names(community)[0] == "先看这里"
    answer = client.post(f"{home}home/texts/{text.pk}/", {"title": "新", "text": "旧的", "version": "7"})
    assert answer.status_code == 200 and "旧的" in answer.content.decode()
    client.post(
        f"{home}calendar/new/", {"title": "盘点周", "starts_on": "2026-11-05", "ends_on": "", "note": "", "_once": "b"}
    )
    occasion = Occasion.objects.get()
    assert (occasion.starts_on, occasion.ends_on) == (dt.date(2026, 11, 5), dt.date(2026, 11, 5))
    assert "盘点周" in client.get(f"{home}calendar/?month=2026-11").content.decode()
    client.post(f"{home}calendar/{occasion.pk}/removal/")
    client.post(f"{home}home/texts/{text.pk}/removal/")
    assert not Occasion.objects.exists() and not HomeBlock.objects.filter(key="").exists()
    client.force_login(wang)
    assert client.get(f"{home}home/").status_code == 403
    assert client.get(f"{home}calendar/new/").status_code == 403
