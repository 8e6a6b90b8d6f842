"""An evening sharing with three browsers: the guest shares, others talk along, questions by votes, the deposit."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_talking import say, say_on_phone
from .test_the_loop import open_path, press, set_clock

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
TITLE = "除霜之后门口结冰，怎么收拾"


def message(page: Page, text: str) -> None:
    """A message stands in the channel."""
    expect(page.locator(".messages .said", has_text=text)).to_have_count(1, timeout=15_000)


def test_from_the_notice_to_the_deposit(enter: Enter, product: Product) -> None:
    lin, guest, xu = enter("lin"), enter("qian-muzhi"), enter("xu", width=390)

    # Lin proposes it; the sharer is asked and says yes.
    open_path(lin, "/gatherings/new/?format=evening&community=service-help&sharer=qian-muzhi")
    lin.fill("input[name=title]", TITLE)
    lin.fill("input[name=for_whom]", "冬天跑冷库的同事")
    lin.fill("input[name=take_home]", "三步收拾法")
    press(lin, "form .button.main")
    gathering = product.sql("SELECT id FROM gatherings_gathering WHERE title = ?", TITLE)[0][0]
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    lin.fill('[name="day"]', tomorrow.isoformat())
    lin.fill('[name="clock"]', "19:30")
    press(lin, "main form .button.main")
    if "/time/" in lin.url:
        press(lin, "main form .button.main")
    open_path(guest, f"/gatherings/{gathering}/invitation/")
    press(guest, 'button[name="answer"][value="accept"]')

    # The run sheet says when what is announced; the time comes.
    open_path(lin, f"/gatherings/{gathering}/evening/")
    expect(lin.locator("#main")).to_contain_text("还有五分钟进入提问")
    set_clock(product, gathering)
    channel = product.sql("SELECT channel_id FROM gatherings_evening WHERE gathering_id = ?", gathering)[0][0]
    for page in (guest, xu):
        open_path(page, f"/channels/{channel}/")
    open_path(lin, f"/gatherings/{gathering}/evening/")
    press(lin, "button:has-text('嘉宾开始')")

    # Xu's page learns of it by itself: only guest and host write, the newcomer talks along in the thread.
    expect(xu.locator(".evening-banner")).to_contain_text(TITLE, timeout=20_000)
    expect(xu.locator(".composer-place form")).to_have_count(0)
    expect(guest.locator(".evening-banner")).to_be_visible(timeout=20_000)
    say(guest, "先铲冰，再查加热带，最后看门封。")
    message(xu, "先铲冰，再查加热带")
    xu.click(".composer-place a:has-text('边听边聊')")
    say_on_phone(xu, "加热带怎么查？")
    expect(xu.locator(".said", has_text="加热带怎么查")).to_have_count(1)

    # A question with its votes; then everybody writes again and the host takes it from the queue.
    open_path(xu, f"/gatherings/{gathering}/room/")
    xu.fill(".room-ask input[name=text]", "门封多久换一次")
    xu.click(".room-ask button.main")
    expect(xu.locator("#queue")).to_contain_text("门封多久换一次")
    open_path(guest, f"/channels/{channel}/")
    press(guest, ".evening-banner button:has-text('进入提问')")
    open_path(xu, f"/channels/{channel}/")
    expect(xu.locator(".composer-place form")).to_have_count(1)
    open_path(lin, f"/gatherings/{gathering}/room/")
    lin.locator("#queue li", has_text="门封多久换一次").locator("button[value=answering]").click()
    message(xu, "门封多久换一次")
    say(guest, "两年，或者关不严的时候。")
    message(xu, "两年，或者关不严的时候")

    # Ended, the article begins with what the guest shared and what was asked.
    open_path(lin, f"/gatherings/{gathering}/end/")
    press(lin, "main form .button.main")
    open_path(lin, f"/gatherings/{gathering}/")
    press(lin, "form[action$='/deposit/'] button")
    article = product.sql("SELECT article_id FROM gatherings_deposit WHERE gathering_id = ?", gathering)[0][0]
    text = product.sql("SELECT draft_markdown FROM knowledge_article WHERE id = ?", article)[0][0]
    assert "先铲冰" in text and "两年，或者关不严的时候" in text and "加热带怎么查" not in text
    open_path(guest, f"/channels/{channel}/")
    expect(guest.locator("form:has-text('整理成文章')").first).to_be_visible()
