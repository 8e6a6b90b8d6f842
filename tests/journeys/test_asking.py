"""A newcomer asks, an old hand answers; it is accepted, goes into the FAQ, and is found, also before asking."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product, settle

pytestmark = pytest.mark.journey
QUESTION = "四号库压缩机一天跳停三次，先看哪里"
THERE = "压缩机跳停以后，过多久能再按启动"


def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.click(selector)
    settle(page)


def type_title(page: Page, text: str) -> None:
    """Type as a person does: what is there already is asked for after a pause."""
    page.fill("#id_title", "")
    page.type("#id_title", text)


def test_a_newcomer_asks_and_the_answer_stays(enter: Enter, product: Product) -> None:
    xu, qian, wang = enter("xu", width=390), enter("qian-muzhi"), enter("wang")

    # On a phone: plus, ask. While typing, the community is proposed and what is there already offered; asking anyway is
    # one press.
    xu.click(".phone-bar .plus")
    press(xu, '#start-sheet a[href="/questions/new/"]')
    type_title(xu, QUESTION)
    expect(xu.locator("#similar a.title", has_text=THERE).first).to_be_visible(timeout=15_000)
    expect(xu.locator("#id_community")).to_have_value("service-help")
    # What was chosen holds, also for who is on duty there.
    for chosen in ("refrigeration", "service-help"):
        with xu.expect_request("**/questions/similar/**") as asked:
            xu.select_option("#id_community", chosen)
        assert f"community={chosen}" in asked.value.url and "chosen=1" in asked.value.url
    xu.fill("#id_body", "表上高压正常，壳子很烫。")
    xu.fill("#id_tags", "压缩机，跳停")
    press(xu, "main form .button.main")
    expect(xu.locator("h1")).to_have_text(QUESTION)
    path = "/" + xu.url.split("/", 3)[3]

    # The expert of the community reads of it in the inbox and answers.
    expect(qian.locator("main")).to_be_visible()
    for _ in range(30):
        qian.goto("/inbox/")
        if qian.locator("a.title", has_text="四号库").count():
            break
        qian.wait_for_timeout(500)
    press(qian, 'a.title:has-text("四号库")')
    qian.fill("textarea[name=body]", "先看电流，再看吸气过热度；**壳子烫先别按**。")
    press(qian, "form.composer .button.main")
    expect(qian.locator(".answer")).to_contain_text("先看电流")

    # Who asked has the page still open: the answer comes by itself.
    expect(xu.locator(".answer")).to_contain_text("先看电流", timeout=10_000)

    # A colleague says that it helped; the count changes without a new page.
    wang.goto(path)
    wang.click(".answer .reaction")
    expect(wang.locator(".answer .reaction")).to_have_attribute("aria-pressed", "true")

    # Who asked accepts it, says why, and thanks in the same step.
    xu.goto(path)
    press(xu, '.answer-acts a[href$="/acceptance/"]')
    xu.fill("#id_why", "吸气过热度太小，调了膨胀阀就不跳了。")
    xu.fill("#id_thanks", "省得我一遍遍去按")
    press(xu, "main form .button.main")
    expect(xu.locator(".answer.accepted")).to_contain_text("调了膨胀阀就不跳了")

    # One step more and it stands in the FAQ, with the names of both and the line between them.
    qian.goto(path)
    press(qian, f'form[action="{path}faq/"] button')
    expect(qian.locator("h1")).to_contain_text(re.compile("四号库"))
    article = qian.locator(".prose").first
    expect(article).to_contain_text("徐小满")
    expect(article).to_contain_text("壳子烫先别按")

    # Whoever searches finds it, by words of the answer.
    for _ in range(40):
        wang.goto("/search/?q=吸气过热度&kind=question")
        if wang.locator(".results a.title").count():
            break
        wang.wait_for_timeout(500)
    expect(wang.locator(f'.results a.title[href="{path}"]')).to_be_visible()
    assert product.sql("SELECT COUNT(*) FROM thanks_thanks WHERE reason = '省得我一遍遍去按'")[0][0] == 1


def test_what_is_found_before_asking_is_noted(enter: Enter, product: Product) -> None:
    wang = enter("wang")
    wang.goto("/communities/service-help/questions/new/")
    type_title(wang, "压缩机跳停以后要等多久再启动")
    row = wang.locator("#similar li", has=wang.locator(f'a.title:has-text("{THERE}")')).first
    expect(row).to_be_visible(timeout=15_000)
    before = product.sql("SELECT COUNT(*) FROM discussions_finding")[0][0]
    with wang.expect_navigation():
        row.locator("button").click()
    settle(wang)
    expect(wang.locator("h1")).to_contain_text("压缩机跳停以后")
    assert product.sql("SELECT COUNT(*) FROM discussions_finding")[0][0] == before + 1
