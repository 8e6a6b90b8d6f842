"""Following: a newcomer follows an old hand; the two know of it, and what is written comes to Today."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Enter, Product
from .test_the_loop import open_path, press
from .test_writing import wait_for_text, write_at_end

pytestmark = pytest.mark.journey


def test_who_is_followed_is_heard_from(enter: Enter, product: Product) -> None:
    xu, jiang = enter("xu", width=390), enter("jiang-shuyi")
    open_path(xu, "/people/jiang-shuyi/")
    press(xu, "form[action='/people/jiang-shuyi/follow/'] button")
    expect(xu.locator("form[action='/people/jiang-shuyi/follow/'] button")).to_have_attribute("aria-pressed", "true")

    # The followed one sees by whom; what they write comes to Today of who follows.
    open_path(jiang, "/following/followers/")
    expect(jiang.locator("#main")).to_contain_text("徐小满")
    open_path(xu, "/following/")
    expect(xu.locator("#main")).to_contain_text("江书意")
    title = "库门封条三天松，多半是这一处"
    open_path(jiang, "/knowledge/new/")
    jiang.fill("input[name=title]", title)
    jiang.select_option("select[name=library]", label="现场求助台")
    press(jiang, "form .button.main:has-text('开始写')")
    article = int(jiang.url.split("/articles/")[1].split("/")[0])
    write_at_end(jiang, "先看压条螺丝，再看门框是否走形。")
    wait_for_text(jiang, product, article, "先看压条螺丝")
    open_path(jiang, f"/articles/{article}/")
    press(jiang, "form[action$='/publication/'] button")
    open_path(xu, "/")
    expect(xu.locator(f".item:has-text('{title}')").first).to_contain_text("江书意")

    # Pressed again it is over, and nothing is left of it.
    open_path(xu, "/people/jiang-shuyi/")
    press(xu, "form[action='/people/jiang-shuyi/follow/'] button")
    expect(xu.locator("form[action='/people/jiang-shuyi/follow/'] button")).to_have_attribute("aria-pressed", "false")
