"""Moderating: an advert of a newcomer waits, is decided with keys, its author is told; a report comes to a decision."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_talking import channel_of, come_alive, say

pytestmark = pytest.mark.journey

FIRST = "朋友做的工作服，59 元一套，加微信 shop_2026 下单"
SECOND = "部门团购劳保鞋，99 元一双，加微信 boots_2026 登记"


def newcomer(product: Product, handle: str) -> None:
    """Somebody came yesterday."""
    yesterday = (dt.date.today() - dt.timedelta(days=1)).isoformat()
    product.sql("UPDATE directory_person SET hired_on = ? WHERE handle = ?", yesterday, handle)


def row_of(page: Page, text: str) -> str:
    """The selector of the row of the queue with this text."""
    return f'.case:has-text("{text}")'


def focus_row(page: Page, text: str) -> None:
    """Walk down the queue with J until the row has the focus."""
    for _step in range(12):
        page.keyboard.press("j")
        if page.locator(f"{row_of(page, text)} a:focus").count():
            return
    raise AssertionError(f"no row with {text!r} got the focus")


def test_an_advert_of_a_newcomer_waits_and_its_author_is_told(enter: Enter, product: Product) -> None:
    newcomer(product, "xu")
    path = f"/channels/{channel_of(product, 'newcomers', '日常')}/"
    xu, lin, other = enter("xu"), enter("lin"), enter("jiang-shuyi")
    for page in (xu, other):
        page.goto(path)
    lin.goto("/communities/newcomers/moderation/")
    expect(lin.locator(".case")).to_have_count(0)
    come_alive(xu)
    say(xu, FIRST)
    held = xu.locator(".said.waiting.held", has_text="工作服")
    expect(held).to_contain_text("等待审核")
    # The outbox has delivered it: it is not sent again after a reload, and still shown to its author, to nobody else.
    assert xu.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('outbox-')).length") == 0
    xu.reload()
    expect(xu.locator(".said.waiting.held", has_text="工作服")).to_have_count(1)
    expect(other.locator(".message", has_text="工作服")).to_have_count(0)

    # Lin, who looks at the queue, sees it come; the adviser is called. One key keeps it out; undone, it waits again.
    expect(lin.locator(row_of(lin, "工作服"))).to_contain_text("新人发的内容像广告", timeout=60_000)
    other.goto("/inbox/")
    expect(other.locator("main")).to_contain_text("“新人同行”有 1 项待处理", timeout=20_000)
    other.goto(path)
    focus_row(lin, "工作服")
    lin.keyboard.press("r")
    expect(lin.locator(".toast")).to_contain_text("已不公开")
    expect(lin.locator(row_of(lin, "工作服"))).to_have_count(0)
    lin.click('.toast button:has-text("撤销")')
    expect(lin.locator(row_of(lin, "工作服"))).to_have_count(1)
    focus_row(lin, "工作服")
    lin.keyboard.press("r")
    expect(lin.locator(row_of(lin, "工作服"))).to_have_count(0)
    # Her open channel says so, the inbox says why.
    expect(xu.locator(".said.waiting.held", has_text="工作服")).to_contain_text("没有发布", timeout=20_000)
    xu.goto("/inbox/")
    expect(xu.locator("main")).to_contain_text("未发布。这里不发广告", timeout=20_000)
    xu.goto("/moderation/mine/")
    expect(xu.locator("main")).to_contain_text("工作服")

    # What is fine after all appears where its author and the others look, with its author, without a new page.
    xu.goto(path)
    come_alive(xu)
    say(xu, SECOND)
    expect(xu.locator(".said.waiting.held", has_text="劳保鞋")).to_have_count(1)
    lin.goto("/moderation/")
    focus_row(lin, "劳保鞋")
    lin.keyboard.press("a")
    expect(lin.locator(".toast")).to_contain_text("已保留")
    for page in (xu, other):
        shown = page.locator(".message[data-id]", has_text="劳保鞋")
        expect(shown).to_be_visible(timeout=20_000)
        expect(shown.locator("header b")).to_have_text("徐小满")
    expect(xu.locator(".said.waiting")).to_have_count(0)


def test_a_report_comes_to_a_decision(enter: Enter, product: Product) -> None:
    wang, lin = enter("wang"), enter("lin", width=390)
    moderates = product.sql(
        "SELECT m.role FROM communities_membership m JOIN communities_community c ON c.id = m.community_id "
        "JOIN directory_person p ON p.id = m.person_id WHERE c.slug = 'key-accounts' AND p.handle = 'lin'"
    )
    assert moderates == [("manager",)]
    channel = channel_of(product, "key-accounts", "日常")
    wang.goto(f"/channels/{channel}/")
    come_alive(wang)
    reported = wang.locator(".said > .message[data-id]:not(.own)").last
    key = reported.get_attribute("data-id")
    reported.hover()
    wang.click('.message-tools [data-act="more"]')
    wang.click('#message-sheet [data-act="report"]')
    wang.click('#report-dialog label:has-text("其他")')
    wang.fill("#report-dialog textarea", "发错频道了")
    wang.click("#report-dialog button.main")
    expect(wang.locator(".toast")).to_contain_text("有结果会通知你")
    expect(wang.locator("#report-dialog")).to_have_count(0)

    # On the phone there are buttons.
    lin.goto("/communities/key-accounts/moderation/?only=reported")
    row = lin.locator(f"#case-message-{key}")
    expect(row).to_contain_text("王一帆举报")
    row.locator('button:has-text("撤下")').click()
    expect(lin.locator(f"#case-message-{key}")).to_have_count(0)
    expect(wang.locator(f"#message-{key}.gone")).to_be_visible(timeout=20_000)
    wang.goto("/inbox/")
    expect(wang.locator("main")).to_contain_text("举报的内容已处理", timeout=20_000)
