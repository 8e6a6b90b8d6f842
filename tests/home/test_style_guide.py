"""The style guide shows the parts of pages and whole pages of a sample company to those who build."""

from __future__ import annotations

from typing import Any

import pytest
from freezegun import freeze_time

from zhiliu.directory.models import Person
from zhiliu.home.style_guide import PAGES, sample_week

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(lin: Person, browse: Any, settings: Any) -> Any:
    """A function: pages(query) returns what the style guide of a demo shows."""
    settings.DEMO = True
    client = browse(lin)
    return lambda query="": client.get(f"/gallery/?{query}").content.decode()


def test_every_sample_page_is_a_page_of_its_own(pages: Any) -> None:
    titles = {page: pages(f"page={page}").split("<title>")[1].split("</title>")[0] for page in PAGES}
    assert len(set(titles.values())) == len(PAGES)
    assert pages().split("<title>")[1].split("</title>")[0] == titles["parts"]


def test_what_is_no_sample_page_is_not_found(lin: Person, browse: Any, settings: Any) -> None:
    settings.DEMO = True
    assert browse(lin).get("/gallery/?page=secret").status_code == 404


@pytest.mark.parametrize(
    ("page", "current"),
    [
        ("home", ["今日", "今日"]),
        ("parts", ["看板"]),
        ("article", ["知识库", "知识库"]),
        ("community", ["大项目报价", "对话"]),
        ("topic", ["大项目报价"]),
    ],
)
def test_a_sample_page_marks_where_one_is(pages: Any, page: str, current: list[str]) -> None:
    before, rest = pages(f"page={page}").split("<main", 1)
    links = (before + rest.split("</main>", 1)[1]).split("<a ")[1:]
    marked = [link for link in links if 'aria-current="page"' in link.split(">", 1)[0]]
    assert [next((name for name in current if name in link), link) for link in marked] == current


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["林晓岚", "王一帆", "徐小满", "邹琳", "宁静远", "麦俊", "江书意", "洪宇"]),
        ("晓岚", ["林晓岚"]),
        ("wang", ["王一帆"]),
        (" KYF ", ["柯亦飞"]),
        ("x", ["徐小满"]),
        ("没有这个人", []),
    ],
)
def test_sample_people_are_found_by_name_reading_and_initials(
    lin: Person, browse: Any, settings: Any, typed: str, names: list[str]
) -> None:
    settings.DEMO = True
    rows = browse(lin).get("/gallery/", {"people": "1", "q": typed}).json()
    assert [row["label"] for row in rows] == names


@freeze_time("2026-11-12 04:00")
def test_the_sample_week_begins_on_monday_and_marks_today() -> None:
    days = sample_week()
    assert [f"{day['date']:%m-%d}" for day in days] == [f"11-{number:02}" for number in range(9, 16)]
    assert [f"{day['date']:%m-%d}" for day in days if day["today"]] == ["11-12"]
    assert [f"{day['date']:%m-%d}" for day in days if day["off"]] == ["11-14", "11-15"]
