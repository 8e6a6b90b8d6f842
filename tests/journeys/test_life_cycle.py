"""A manager splits a community that has become large, and an administrator merges one that has fallen silent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Enter

pytestmark = pytest.mark.journey


def test_a_community_is_split_and_one_is_merged_and_both_can_be_undone(enter: Enter) -> None:
    page = enter("admin")
    page.goto("/communities/key-accounts/settings/")
    page.click('a:has-text("休眠、归档、合并、拆分")')
    page.click('a:has-text("拆分社区")')
    page.fill('[name="name"]', "标书评审组")
    page.locator('[name="departments"]').first.check()
    topic = page.locator('label:has([name="things-topics"])').first
    title = topic.inner_text().strip()
    topic.click()
    page.click('[name="look"]')
    expect(page.locator("dl.facts")).to_contain_text("标书评审组")
    expect(page.locator("dl.facts")).to_contain_text("主题")
    page.click(".form-foot button.main")
    expect(page.locator("h1")).to_contain_text("标书评审组")
    home = page.url
    page.goto(f"{home}topics/")
    expect(page.locator("main")).to_contain_text(title[:8])

    page.goto(f"{home}merge/")
    page.select_option('[name="target"]', "knowledge-keepers")
    page.click(".form-foot button.main")
    expect(page.locator("dl.facts")).to_contain_text("成员")
    page.click(".form-foot button.main")
    expect(page.locator("main")).to_contain_text("“标书评审组”并入")
    page.goto(f"{home}topics/")
    assert page.url.endswith("/communities/knowledge-keepers/topics/")
    expect(page.locator("main")).to_contain_text(title[:8])

    page.goto("/communities/knowledge-keepers/life/")
    page.click('button:has-text("撤销")')
    expect(page.locator("main")).to_contain_text("已撤销")
    page.goto("/communities/key-accounts/life/")
    page.click('button:has-text("撤销")')
    page.goto("/communities/key-accounts/topics/")
    expect(page.locator("main")).to_contain_text(title[:8])
