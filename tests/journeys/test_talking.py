"""Talking: two people in a channel, live, over a dead line and back; threads and calls; unread on two devices."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Enter, Product

pytestmark = pytest.mark.journey


def channel_of(product: Product, community: str, name: str) -> int:
    """The id of a channel of the sample company."""
    sql = (
        "SELECT c.id FROM conversations_channel c JOIN communities_community m ON m.id = c.community_id "
        "WHERE m.slug = ? AND c.name = ?"
    )
    return int(product.sql(sql, community, name)[0][0])


def say(page: Page, text: str) -> None:
    page.fill("textarea[name=body] >> nth=0", text)
    page.press("textarea[name=body] >> nth=0", "Enter")


def come_alive(page: Page) -> None:
    """Wait for the island of a channel, on a desk: before, Enter begins a new line and no message shows its tools."""
    expect(page.locator(".composer textarea[name=body]").first).to_be_focused()


def texts(page: Page) -> list[str]:
    """What stands in the channel, in order."""
    return [text.strip() for text in page.locator(".conversation > .messages .said .text").all_inner_texts()]


def test_two_people_talk_live_and_over_a_dead_line(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '现场急问')}/"
    xu, wang = enter("xu", width=390), enter("wang")
    for page in (xu, wang):
        page.goto(path)

    # What one says the other sees without a new page, drawn in full.
    say_on_phone(xu, "冷凝水结成冰柱了，先敲掉还是先查坡度？")
    mine = wang.locator(".message", has_text="冰柱")
    expect(mine).to_be_visible(timeout=10_000)
    expect(mine.locator("header b")).to_have_text("徐小满")

    # Enter that confirms a candidate of the input method sends nothing; the next Enter does.
    field = wang.locator("textarea[name=body]")
    field.fill("先量坡度")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    wang.wait_for_timeout(300)
    expect(field).to_have_value("先量坡度")
    field.press("Enter")
    expect(xu.locator(".message", has_text="先量坡度")).to_be_visible(timeout=10_000)

    # A reaction is a word; both see it counted once.
    mine.hover()
    wang.click('.message-tools [data-act="choose-reaction"]')
    wang.click('#message-sheet .reaction:has-text("同问")')
    expect(xu.locator(".message", has_text="冰柱").locator(".reaction")).to_contain_text("1", timeout=10_000)

    # The line dies: what is written waits, what others write is missed; afterwards all of it is there once, in order.
    wang.context.set_offline(True)
    # The browser's network takes a moment to learn that it is cut off.
    wang.wait_for_function("() => fetch('/favicon.ico').then(() => false, () => true)")
    say(wang, "坡度不够就垫两毫米")
    say(wang, "别用木片，会泡烂")
    expect(wang.locator(".said.waiting")).to_have_count(2)
    say_on_phone(xu, "明白，我去拿水平尺")
    # Kept, not only on its way: what waits with the other comes after it.
    expect(xu.locator(".message[data-number]", has_text="水平尺")).to_be_visible(timeout=10_000)
    wang.context.set_offline(False)
    for page in (wang, xu):
        expect(page.locator(".message", has_text="木片")).to_be_visible(timeout=30_000)
        expect(page.locator(".said.waiting")).to_have_count(0, timeout=10_000)
    tail = [text for text in texts(xu) if re.search("冰柱|坡度|水平尺|木片", text)]
    assert [text for text in texts(wang) if re.search("冰柱|坡度|水平尺|木片", text)] == tail
    assert len(tail) == 5 and tail[2:] == ["明白，我去拿水平尺", "坡度不够就垫两毫米", "别用木片，会泡烂"]


def say_on_phone(page: Page, text: str) -> None:
    """On a phone the button sends; Enter would only begin a new line."""
    page.fill("textarea[name=body]", text)
    page.click(".composer button.main")


def test_a_thread_stands_beside_the_channel_and_a_name_calls(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    lin, xu = enter("lin"), enter("xu")
    xu.goto("/")
    lin.goto(path)
    come_alive(lin)
    say(lin, "周五的复盘放在几点？")
    said = lin.locator(".conversation .message", has_text="周五的复盘")
    # Kept and in its place: the row that waits is another one, and the page moves when it is replaced.
    expect(said).to_have_attribute("data-number", re.compile(r"\d+"))
    expect(lin.locator(".said.waiting")).to_have_count(0)
    said.scroll_into_view_if_needed()
    said.hover()
    lin.click('.message-tools [data-act="thread"]')
    expect(lin.locator(".talk-thread")).to_contain_text("周五的复盘")
    reply = lin.locator(".talk-thread textarea[name=body]")
    expect(reply).to_be_focused()
    # Found by initials, taken with Enter, which sends nothing yet.
    reply.press_sequentially("@xxm")
    expect(lin.locator(".talk-thread .names [role=option]").first).to_contain_text("徐小满")
    reply.press("Enter")
    expect(reply).to_have_value("@徐小满 ")
    reply.press_sequentially("三点可以吗")
    reply.press("Enter")
    expect(lin.locator(".talk-thread .message", has_text="三点可以吗").locator("a.mention")).to_have_text("@徐小满")
    expect(said.locator(".replies")).to_contain_text("1 条回复", timeout=10_000)
    # She is told, wherever she is.
    expect(xu.locator('[data-badge="inbox"] .count, [data-badge="inbox"]').first).to_contain_text(
        re.compile(r"\d"), timeout=15_000
    )
    xu.goto("/inbox/")
    # The number may be of before: then the page that is open shows the new one by itself.
    expect(xu.locator("main")).to_contain_text("提到你", timeout=20_000)


def test_unread_marks_are_the_same_on_two_devices(enter: Enter, product: Product) -> None:
    channel = channel_of(product, "delivery-best", "日常")
    desk, phone, lin = enter("wang"), enter("wang", width=390), enter("lin")
    members = product.sql(
        "SELECT count(*) FROM communities_membership m JOIN conversations_channel c ON c.community_id = m.community_id "
        "JOIN directory_person p ON p.id = m.person_id WHERE c.id = ? AND p.handle IN ('wang', 'lin')",
        channel,
    )
    assert members == [(2,)]
    phone.goto(f"/channels/{channel}/")
    desk.goto("/inbox/")
    entry = desk.locator('.rail [title="安装交付做法"]')
    phone.goto("/talk/")
    lin.goto(f"/channels/{channel}/")
    come_alive(lin)
    say(lin, "库板拼缝的胶换牌子了，看说明书再打")
    expect(entry).to_have_class(re.compile("new"), timeout=10_000)
    # Read on the phone, it is read on the desk.
    phone.goto(f"/channels/{channel}/")
    expect(phone.locator(".message", has_text="换牌子")).to_be_visible()
    expect(entry).not_to_have_class(re.compile("new"), timeout=10_000)
    # Marked unread on the phone by a long press, it is unread on the desk.
    box = phone.locator(".message", has_text="换牌子").bounding_box()
    assert box is not None
    phone.locator(".message", has_text="换牌子").dispatch_event(
        "pointerdown", {"pointerType": "touch", "bubbles": True}
    )
    phone.click('#message-sheet [data-act="unread"]')
    expect(entry).to_have_class(re.compile("new"), timeout=10_000)


def test_a_page_that_missed_too_much_to_be_told_asks_anew_for_its_marks(enter: Enter) -> None:
    wang = enter("wang")
    wang.goto("/talk/")
    # What is shown is of before the cut.
    entry = wang.locator(".rail [data-channel]").first
    entry.evaluate("one => { one.dataset.unread = '77'; }")
    bell = wang.locator('.top [data-badge="bell"]')
    bell.evaluate("one => { one.textContent = 'of before'; }")
    wang.evaluate("document.dispatchEvent(new CustomEvent('live:reset', { detail: {} }))")
    expect(entry).not_to_have_attribute("data-unread", "77", timeout=5_000)
    expect(bell).not_to_have_text("of before", timeout=5_000)


def test_what_is_heard_while_a_page_is_on_its_way_is_shown_on_it(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    # A row that is unread already would only count up.
    product.sql("update notifications_notification set read_at = at where read_at is null")
    lin, wang = enter("lin"), enter("wang")
    for page in (lin, wang):
        page.goto(path)
        come_alive(page)
    # What a service worker asks for cannot be held back here.
    wang.evaluate("navigator.serviceWorker.ready.then((registration) => registration.unregister())")
    # The page is asked for and drawn, another tab hears something, and only then the page is there.
    bell = '.top [data-badge="bell"]'
    before = wang.text_content(bell) or ""
    late = wang.context.new_page()
    late.goto("/favicon.ico")
    held: list[Route] = []
    late.route("**/people/", lambda route: held.append(route))
    late.evaluate("setTimeout(() => location.assign('/people/'))")
    while not held:
        late.wait_for_timeout(50)
    drawn = held[0].fetch()
    say(lin, "@王一帆 换季的单子你那边收齐了吗")
    expect(wang.locator(bell)).not_to_have_text(before, timeout=15_000)
    after = wang.text_content(bell) or ""
    held[0].fulfill(response=drawn)
    expect(late.locator(bell)).to_have_text(after, timeout=5_000)
    late.close()


def test_a_poll_is_put_on_a_phone_and_voted_in_where_it_is_read(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    xu, wang = enter("xu", width=390), enter("wang")
    for page in (xu, wang):
        page.goto(path)
    xu.click("form.composer summary >> nth=0")
    xu.click("form.composer a[data-act=sheet]")
    xu.fill("#form-sheet [name=question]", "探头谁去领")
    xu.fill("#form-sheet [name=options]", "小满\n一帆")
    xu.click("#form-sheet button.main")
    expect(xu.locator("#form-sheet")).to_have_count(0)

    # Wang sees it without a new page and votes with one click; the count comes to both.
    there = wang.locator(".message-poll", has_text="探头谁去领")
    expect(there).to_be_visible(timeout=10_000)
    there.locator("button", has_text="小满").click()
    here = xu.locator(".message-poll", has_text="探头谁去领")
    expect(here.locator("button", has_text="小满")).to_contain_text("1", timeout=10_000)
    expect(there.locator("button", has_text="小满")).to_have_attribute("aria-pressed", "true")
    expect(here.locator("button", has_text="小满")).to_have_attribute("aria-pressed", "false")
    there.locator("button", has_text="一帆").click()
    expect(here.locator("button", has_text="一帆")).to_contain_text("1", timeout=10_000)

    # Who put it closes it from the sheet of the message; nobody can press any more.
    message = xu.locator(".message", has_text="探头谁去领")
    message.evaluate("one => one.focus()")
    xu.keyboard.press("Enter")
    xu.click('#message-sheet [data-act="end-poll"]')
    expect(there.locator("button", has_text="小满")).to_be_disabled(timeout=10_000)
    expect(there.locator("button", has_text="一帆")).to_have_attribute("aria-pressed", "true")


def test_one_sees_that_the_other_comes_without_a_new_page(enter: Enter, product: Product) -> None:
    lin = enter("lin")
    lin.goto("/talk/")
    dot = lin.locator('.rail [data-name="钱牧之"]').first
    # An earlier journey may have been here with her; who goes away is believed to be there for a while.
    expect(dot).to_have_attribute("aria-label", "钱牧之，离开", timeout=80_000)
    qian = enter("qian-muzhi")
    qian.goto("/talk/")
    expect(dot).to_have_attribute("aria-label", "钱牧之，在线", timeout=10_000)
    expect(dot.locator(".presence.on")).to_be_visible()
    # Going to another page is not going away.
    qian.goto("/")
    lin.wait_for_timeout(1500)
    expect(dot).to_have_attribute("aria-label", "钱牧之，在线")


def test_who_signs_in_after_a_colleague_in_the_same_browser_is_here_at_once(enter: Enter) -> None:
    page = enter("xu")
    page.wait_for_function("() => localStorage.getItem('used-at')")
    page.click("details.me summary")
    page.click('details.me form[action="/signout/"] button')
    page.goto("/signin/")
    with page.expect_request("**/presence/", timeout=5_000):
        page.click('form[action="/signin/demo/wang/"] button')


def test_who_stands_at_the_end_stays_there_however_the_window_changes(enter: Enter, product: Product) -> None:
    page = enter("wang", theme="dark")
    page.goto(f"/channels/{channel_of(product, 'service-help', '日常')}/")
    come_alive(page)
    say(page, "今天的备件单都发了")
    expect(page.locator(".message[data-number]", has_text="备件单都发了").last).to_be_visible()
    below = "document.documentElement.scrollHeight - innerHeight - scrollY"
    page.wait_for_function(f"() => {below} < 2")
    # A scroll that is still under way is told between the new size and who watches for it.
    page.evaluate("addEventListener('resize', () => dispatchEvent(new Event('scroll')))")
    for width, height in ((360, 860), (360, 400), (1280, 860), (1280, 500)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert page.evaluate(below) < 2, (width, height)
    # What one writes takes room as well.
    page.fill("textarea[name=body] >> nth=0", "\n".join("一二三四五"))
    page.wait_for_function(f"() => {below} < 2")
    # Who has scrolled up is left there.
    page.evaluate("scrollBy(0, -300)")
    page.wait_for_timeout(300)
    page.set_viewport_size({"width": 1280, "height": 700})
    page.wait_for_timeout(300)
    assert page.evaluate(below) > 80


def test_tools_do_not_slip_to_another_message_that_comes_under_a_resting_pointer(
    enter: Enter, product: Product
) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    lin, wang = enter("lin"), enter("wang")
    for page in (lin, wang):
        page.goto(path)
        come_alive(page)
    for word in ("先断电", "再放氟", "后拆泵", "最后封口"):
        say(lin, word)
        expect(wang.locator(".message", has_text=word)).to_be_visible(timeout=10_000)
    aimed, next_one = (wang.locator(".message", has_text=word) for word in ("再放氟", "后拆泵"))
    aimed.hover()
    button = wang.locator('.message-tools [data-act="bookmark"]')
    button.hover()
    before = aimed.bounding_box()
    # Rows of one height: the next message stands where the one aimed at stood.
    say(lin, "记得拍照")
    expect(wang.locator(".message", has_text="记得拍照")).to_be_visible(timeout=10_000)
    wang.wait_for_timeout(500)
    assert next_one.bounding_box() == before
    wang.mouse.down()
    wang.mouse.up()
    wang.wait_for_timeout(500)
    for locator in (aimed, next_one):
        expect(locator).not_to_have_attribute("data-kept", "")
    # The pointer moves: now it is meant.
    next_one.hover()
    button.click()
    expect(next_one).to_have_attribute("data-kept", "")


def test_a_command_is_completed_by_initials_done_and_kept_when_there_is_none(enter: Enter, product: Product) -> None:
    wang = enter("wang")
    wang.goto(f"/channels/{channel_of(product, 'service-help', '日常')}/")
    field = wang.locator("textarea[name=body]")
    # What an earlier journey has not sent waits here.
    field.fill("")
    field.press_sequentially("/tx")
    expect(wang.locator(".names li")).to_contain_text("/提醒", timeout=5_000)
    field.press("Enter")
    expect(field).to_have_value("/提醒 ")
    field.press_sequentially("明天下午3点 回电话")
    field.press("Enter")
    expect(wang.locator("#toasts")).to_contain_text("15:00", timeout=5_000)
    expect(field).to_have_value("")
    field.fill("/没有的 好")
    field.press("Enter")
    expect(wang.locator("#toasts")).to_contain_text("没有“/没有的”这个命令", timeout=5_000)
    expect(field).to_have_value("/没有的 好")
    field.fill("//没有的 好")
    field.press("Enter")
    expect(wang.locator(".message", has_text="/没有的 好").last).to_be_visible(timeout=10_000)


STANDS = """article => ({
  day: article.dataset.day,
  time: article.querySelector('.stamp').textContent,
  exact: article.querySelector('.stamp time').title,
  later: article.querySelector('.replies time')?.dataset.relativeTimeLaterValue,
  line: [...document.querySelectorAll('.conversation > .messages .day:not(.new)')].pop().textContent.trim(),
})"""


@pytest.fixture
def elsewhere(product: Product) -> Iterator[None]:
    """Wang and Xu live where it is another day; afterwards they are as they were, for the journeys of others."""
    product.sql("UPDATE directory_person SET time_zone = ? WHERE handle IN ('wang', 'xu')", another_day())
    yield
    product.sql("UPDATE directory_person SET time_zone = '', language = '' WHERE handle IN ('wang', 'xu')")


def another_day() -> str:
    """A time zone where it is another day than in Shanghai at this hour."""
    late = dt.datetime.now(ZoneInfo("Asia/Shanghai")).hour >= 18
    return "Pacific/Kiritimati" if late else "Pacific/Honolulu"


@pytest.mark.usefixtures("elsewhere")
def test_what_comes_live_stands_as_after_a_reload_for_who_lives_by_another_clock(
    enter: Enter, product: Product
) -> None:
    channel = channel_of(product, "service-help", "现场急问")
    lin, wang, xu = enter("lin"), enter("wang"), enter("xu", language="en")
    for page in (lin, wang, xu):
        page.goto(f"/channels/{channel}/")
        come_alive(page)
    say(lin, "蒸发器结霜先看风机转没转")
    kept = lin.locator(".message[data-number]", has_text="先看风机")
    expect(kept).to_be_visible(timeout=10_000)
    lin.goto(f"/channels/{channel}/threads/{kept.get_attribute('data-id')}/")
    come_alive(lin)
    say(lin, "再看除霜加热丝")
    for page in (wang, xu):
        said = page.locator(".conversation .message", has_text="先看风机")
        expect(said.locator(".replies")).to_be_visible(timeout=10_000)
        live = said.evaluate(STANDS)
        page.reload()
        assert live == said.evaluate(STANDS)
        assert live["day"] == dt.datetime.now(ZoneInfo(another_day())).date().isoformat()


PASTE = """html => {
  const clipboard = new DataTransfer();
  clipboard.setData("text/html", html);
  clipboard.setData("text/plain", "每小时103升");
  const event = new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true });
  if (document.activeElement.dispatchEvent(event)) document.execCommand("insertText", false, "每小时103升");
}"""


def test_what_is_pasted_keeps_its_meaning_and_can_be_undone(enter: Enter, product: Product) -> None:
    wang = enter("wang")
    wang.goto(f"/channels/{channel_of(product, 'service-help', '现场急问')}/")
    come_alive(wang)
    field = wang.locator(".composer textarea[name=body]").first
    wang.evaluate(PASTE, "<p>每小时10<sup>3</sup>升</p><table><tr><td>甲</td><td>7</td></tr></table>")
    expect(field).to_have_value("每小时10³升\n\n甲 | 7")
    field.press("Control+z")
    expect(field).to_have_value("")
    field.fill("```\n")
    wang.evaluate(PASTE, "<p>每小时10<sup>3</sup>升</p>")
    expect(field).to_have_value("```\n每小时103升")


def test_days_stand_between_the_replies_of_a_thread_live_as_after_a_reload(enter: Enter, product: Product) -> None:
    old = (
        "SELECT r.id, r.channel_id FROM conversations_message r JOIN conversations_message m ON m.root_id = r.id "
        "JOIN conversations_channel c ON c.id = r.channel_id JOIN communities_community o ON o.id = c.community_id "
        "WHERE o.slug = ? AND m.at < ? AND r.withdrawn_at IS NULL ORDER BY m.at DESC LIMIT 1"
    )
    yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S")
    root, channel = product.sql(old, "service-help", yesterday)[0]
    wang = enter("wang")
    wang.goto(f"/channels/{channel}/threads/{root}/")
    come_alive(wang)
    days = wang.locator(".talk-thread .day")
    before = days.all_inner_texts()
    say(wang, "隔了几天再说一句")
    expect(wang.locator(".message[data-number]", has_text="隔了几天")).to_be_visible(timeout=10_000)
    expect(days).to_have_text([*before, "今天"])
    wang.reload()
    expect(days).to_have_text([*before, "今天"])
    assert wang.locator(".talk-thread .messages > *").first.get_attribute("class") == "day"
