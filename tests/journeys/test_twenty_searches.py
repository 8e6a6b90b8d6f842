"""Twenty searches as colleagues type them, through the search page and the search box."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

# What is typed, a part of a title among the first three rows, and what of that row is marked.
SEARCHES = [
    ("除霜参数", "除霜参数", "除霜参数"),
    ("压缩机烧了怎么办", "压缩机烧了", "压缩机"),
    ("夜里打车回来怎么报销", "打车回来报不了销", "夜里"),
    ("怎么判断是不是缺氟", "过热度", "判断"),
    ("R404A", "R404A", "R404A"),
    ("r 404 a", "R404A", "R404A"),
    ("ch75", "CH-75", "CH-75"),
    ("壓縮機燒了", "压缩机烧了", "压缩机"),
    ("Ｒ４０４Ａ", "R404A", "R404A"),
    ("开帐号", "给他开账号", "账号"),
    ("chushuang", "除霜", "除霜"),
    ("mft", "密封条", "密封条"),
    ("林晓岚", "林晓岚", "林晓岚"),
    ("尹工", "尹仲一", ""),
    ("钱牧之 微漏", "微漏", "微漏"),
    ("“先看蒸发温度”", "先看蒸发温度", "先看蒸发温度"),
    ("压缩机 -烧了", "压缩机", "压缩机"),
    ("融霜参数", "除霜参数", "除霜"),
]


def rows(page: Page, text: str) -> list[tuple[str, list[str]]]:
    """Search, and return the first rows as text, with what is marked."""
    page.fill('main input[name="q"]', text)
    page.press('main input[name="q"]', "Enter")
    page.wait_for_url("**/search/?q=*")
    page.wait_for_load_state()
    expect(page.locator('main input[name="q"]')).to_have_value(text)
    first = page.locator("#rows > .item").all()[:3]
    return [(row.inner_text(), row.locator("mark").all_inner_texts()) for row in first]


def test_twenty_searches_find_what_is_meant_and_say_when_there_is_nothing(enter: Enter) -> None:
    page = enter("xu")
    page.goto("/search/")
    for text, title, marked in SEARCHES:
        found = [marks for words, marks in rows(page, text) if title in words]
        assert found, text
        assert not marked or any(marked in "".join(marks) for marks in found), (text, found)
    assert all("烧了" not in words for words, _marks in rows(page, "压缩机 -烧了"))
    # Half of it is there: it is shown with doubt.
    rows(page, "除霜 班车")
    expect(page.locator("main")).to_contain_text("不一定帮得上")
    assert rows(page, "量子纠缠") == []
    expect(page.locator("main")).to_contain_text("这里缺一篇")


def test_the_search_box_offers_what_is_typed_in_pinyin_and_opens_it(enter: Enter) -> None:
    page = enter("xu")
    page.keyboard.press("Control+k")
    page.keyboard.type("chushuang")
    option = page.locator('[role="option"]').filter(has=page.locator("mark", has_text="除霜")).first
    expect(option).to_be_visible()
    option.click()
    expect(page.locator("h1")).to_contain_text("除霜")
