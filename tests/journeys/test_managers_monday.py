"""The manager's Monday: one page with what waits, several at once, and a list for the boss."""

from __future__ import annotations

from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product, pick
from .test_the_loop import open_path, press

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
WEEK = "/week/"


def section(page: Page, title: str) -> str:
    """Return the selector of a section of the page."""
    expect(page.locator("section.section", has=page.locator(f"h2:has-text('{title}')"))).to_have_count(1)
    return f"section.section:has(h2:has-text('{title}'))"


def test_what_waits_is_done_from_one_page_and_the_boss_gets_a_list(enter: Enter, product: Product) -> None:
    lin = enter("lin")
    # Somebody of the community has never signed in, and has no address a link could go to.
    absent = "SELECT person_id FROM communities_membership m JOIN communities_community c ON c.id = m.community_id"
    product.sql(
        "UPDATE directory_person SET came_in_at = NULL, email = NULL, password = '!' WHERE id ="
        f" ({absent} WHERE c.slug = 'leads' AND person_id NOT IN (SELECT id FROM directory_person WHERE handle = 'lin')"
        " ORDER BY person_id DESC LIMIT 1)"
    )

    # From wherever she is, the page is two clicks away.
    lin.locator("details.me summary").click()
    press(lin, "details.me a:has-text('本周待办')")

    # Two people wait: both are let in at once. A click without a tick says so.
    waiting = section(lin, "等待加入")
    press(lin, f"{waiting} button:has-text('通过')")
    expect(lin.locator(".toast", has_text="先勾选")).to_be_visible()
    for box in lin.locator(f"{waiting} [name='keys']").all():
        box.check()
    press(lin, f"{waiting} button:has-text('通过')")
    expect(lin.locator("h2:has-text('等待加入')")).to_have_count(0)

    # Who never signed in and has no address for a link: the page says so and offers nothing it could not do.
    absent_ones = section(lin, "从未登录")
    expect(lin.locator(absent_ones)).to_contain_text("没有邮箱")
    expect(lin.locator(f"{absent_ones} [name='keys']")).to_have_count(0)

    # A session without a sharer: somebody who has done it is named.
    press(lin, f"{section(lin, '还缺分享人')} a:has-text('找分享人')")
    pick(lin, "id_person", "qianmuzhi", "钱牧之")
    press(lin, "main form .button.main")

    # A need nobody answered becomes a topic.
    open_path(lin, WEEK)
    press(lin, f"{section(lin, '没人回应')} a:has-text('定成主题')")
    lin.fill("[name='for_whom']", "报价的同事")
    lin.fill("[name='take_home']", "样柜交付前查哪三处")
    press(lin, "main form .button.main")
    open_path(lin, WEEK)
    expect(lin.locator("h2:has-text('没人回应')")).to_have_count(0)

    # Two members get another role, with one save.
    open_path(lin, "/communities/leads/members/")
    roles = lin.locator("select[name^='role']")
    for place in (0, 1):
        roles.nth(place).select_option(label="技术专家")
    press(lin, "button:has-text('保存')")
    open_path(lin, "/communities/leads/members/?role=expert")
    assert lin.locator("select[name^='role']").count() >= 2

    # The list for the boss, as a workbook; the audit says who took it.
    with lin.expect_download() as download:
        lin.click("a[download]:has-text('XLSX')")
    with ZipFile(download.value.path()) as workbook:
        assert "xl/worksheets/sheet1.xml" in workbook.namelist()
    admin = enter("admin")
    open_path(admin, "/administration/audit/")
    expect(admin.locator("main")).to_contain_text("导出")
