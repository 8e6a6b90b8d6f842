"""Once around the loop: three people, three browsers, from a need to its use, and back along the line."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product, pick, settle

pytestmark = pytest.mark.journey
COMMUNITY = "newcomers"
NEED = "新装的机组头三天老跳高压，先查哪样"
TOPIC = "新机组头三天跳高压，先查的三样"


def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.click(selector)
    settle(page)


def open_path(page: Page, path: str) -> None:
    """Go to an address of the product."""
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, path


def set_clock(product: Product, gathering: int) -> None:
    """Let a gathering have begun ten minutes ago: its time was fixed through the page, and nobody waits a day here."""
    start = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
    product.sql(
        "UPDATE gatherings_gathering SET starts_at = ?, ends_at = ? WHERE id = ?",
        start.strftime("%Y-%m-%d %H:%M:%S"),
        (start + dt.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"),
        gathering,
    )


def test_a_need_goes_once_around_the_loop(enter: Enter, product: Product) -> None:
    xu, lin, qian = enter("xu", width=390), enter("lin"), enter("qian-muzhi")

    # The newcomer, on a phone: plus, voice a need, words, community.
    xu.click(".phone-bar .plus")
    press(xu, '#start-sheet a[href="/needs/new/"]')
    xu.fill("#id_title", NEED)
    xu.select_option("#id_community", COMMUNITY)
    xu.fill("#id_body", "昨天装的那台，早上八点必跳一次。")
    press(xu, "main form .button.main")
    expect(xu.locator("h1")).to_have_text(NEED)
    # Asked only now: on a busy machine the address is still that of the form when the click has been made.
    need_path = "/" + xu.url.split("/", 3)[3]

    # A colleague has it too; the count changes without a new page.
    open_path(qian, f"/communities/{COMMUNITY}/needs/")
    press(qian, f'a.title:has-text("{NEED[:6]}")')
    qian.locator(".votebox button, button.votebox").first.click()
    expect(qian.locator(".votebox").first).to_contain_text("1")
    open_path(qian, need_path)
    expect(qian.locator(".votebox").first).to_contain_text("1")

    # Lin makes a topic of it, and asks Qian to share.
    open_path(lin, need_path)
    press(lin, ".ask-box .button.main")
    lin.fill("#id_title", TOPIC)
    lin.fill("#id_for_whom", "第一次独立开机调试的人")
    lin.fill("#id_take_home", "三样东西的查法，和先别碰的一样")
    lin.click("details.answer-place summary")
    lin.check("#id_small_enough")
    press(lin, "main form .button.main")
    topic_path = "/" + lin.url.split("/", 3)[3]
    press(lin, '#gatherings a.button.main[href^="/gatherings/new/"]')
    pick(lin, "id_sharer", "qianmu", "钱牧之")
    press(lin, "main form .button.main")
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    lin.fill("#id_day", tomorrow.isoformat())
    lin.fill("#id_clock", "15:00")
    lin.fill("#id_place", "大会议室")
    press(lin, "main form .button.main")
    if "/time/" in lin.url:
        # Tomorrow may be a holiday: what speaks against it is shown, and she takes the time all the same.
        expect(lin.locator("#doubts li").first).to_be_visible()
        press(lin, "main form .button.main")
    gathering = int(re.search(r"/gatherings/(\d+)/", lin.url)[1])  # type: ignore[index]
    expect(lin.locator("h1")).to_have_text(TOPIC)

    # Qian is called by the bell without loading the page again, and accepts.
    qian.goto("/")
    expect(qian.locator('.rail a[href="/inbox/"] .count')).to_be_visible(timeout=20_000)
    open_path(qian, f"/gatherings/{gathering}/invitation/")
    press(qian, 'button[name="answer"][value="accept"]')

    # Xu signs up; the gathering begins; she checks in and asks without her name.
    open_path(xu, f"/gatherings/{gathering}/")
    press(xu, '.act-bar form[action$="/seat/"] button, main form[action$="/seat/"] button')
    set_clock(product, gathering)
    code = product.sql("SELECT code FROM gatherings_gathering WHERE id = ?", gathering)[0][0]
    open_path(xu, f"/gatherings/{gathering}/checkin/?code={code}")
    if xu.locator("form button.main:visible, form .button:visible").count() and "/checkin/" in xu.url:
        press(xu, "form .button.main")
    open_path(xu, f"/gatherings/{gathering}/room/")
    open_path(lin, f"/gatherings/{gathering}/room/")
    xu.locator('input[name="anonymous"]').check(force=True)
    xu.fill('[name="text"]', "风机转向反了会不会也跳高压")
    xu.locator('form:has([name="text"]) button').last.click()
    expect(lin.locator("body")).to_contain_text("风机转向反了会不会也跳高压", timeout=20_000)
    kept = product.sql("SELECT by_id, is_anonymous FROM gatherings_question WHERE gathering_id = ?", gathering)
    assert kept == [(None, 1)]

    # The host ends it and says what was said.
    open_path(lin, f"/gatherings/{gathering}/end/")
    lin.fill('[name="summary"]', "先看冷凝器进风，再看风机转向，最后看充注量。三样里两样不用开机就能看。")
    press(lin, "main form .button.main")
    expect(lin.locator("main")).to_contain_text("先看冷凝器进风")

    # Xu thanks and gives a minute of feedback.
    open_path(xu, f"/gatherings/{gathering}/")
    xu.fill('[name="reason"]', "转向那一句，明天开机我先看")
    press(xu, 'form[action$="/thanks/"] button')
    expect(xu.locator("main")).to_contain_text("转向那一句，明天开机我先看")
    xu.locator('form[action$="/feedback/"] label:has(input[type="radio"])').nth(4).click()
    xu.locator('form[action$="/feedback/"] fieldset').nth(1).locator("label").first.click()
    press(xu, 'form[action$="/feedback/"] button')

    # Lin writes it down: the draft has summary, question and file; she publishes.
    open_path(lin, f"/gatherings/{gathering}/")
    press(lin, 'form[action$="/deposit/"] button')
    article = product.sql("SELECT article_id FROM gatherings_deposit WHERE gathering_id = ?", gathering)[0][0]
    open_path(lin, f"/articles/{article}/")
    expect(lin.locator("main")).to_contain_text("风机转向反了会不会也跳高压")
    press(lin, 'a[href$="/publication/"], form[action$="/publication/"] button')
    if "/publication/" in lin.url:
        press(lin, "main form .button.main")
    open_path(lin, f"/articles/{article}/")

    # A colleague finds it by words in mid-sentence and notes that it helped.
    wang = enter("wang")
    for _ in range(40):
        wang.goto("/search/?q=冷凝器进风")
        if wang.locator(f'a.title[href="/articles/{article}/"]').count():
            break
        wang.wait_for_timeout(250)
    press(wang, f'a.title[href="/articles/{article}/"]')
    wang.locator(".ask-box a.button, .ask-box button").first.click()
    wang.fill('[name="where"]', "慈溪水产库")
    outcome = wang.locator('form[action*="/uses/"] [name="outcome"][value="worked"]')
    outcome.check(force=True) if outcome.count() else wang.select_option('[name="outcome"]', "worked")
    wang.fill('[name="story"]', "真是转向反了，调过来再没跳。")
    press(wang, 'form[action*="/uses/"] .button.main')
    expect(wang.locator("main")).to_contain_text("真是转向反了")

    # The line is walked back, station by station, to the need.
    open_path(wang, f"/articles/{article}/")
    for path in (f"/gatherings/{gathering}/", topic_path, need_path):
        press(wang, f'.lineage a[href="{path}"]')
    expect(wang.locator("h1")).to_have_text(NEED)
    expect(wang.locator(".lineage.full")).to_contain_text("应用")
    reached = product.sql(
        "SELECT station FROM lineage_lineageprogress WHERE kind = 'need' AND thing_id = ?", int(need_path.split("/")[2])
    )
    assert reached == [(4,)]
