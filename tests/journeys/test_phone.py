"""The phone in full: what a desktop reaches, and how a message is handled with a thumb."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_talking import channel_of, come_alive, say_on_phone

pytestmark = pytest.mark.journey

EVERYBODY = ("wang", "lin", "admin", "zhao")
# Where the desktop's navigation and menus lead, and which choices they post.
DESKTOP = """() => {
  const found = new Set();
  for (const link of document.querySelectorAll('.rail a, .top-acts a')) found.add(new URL(link.href).pathname);
  for (const button of document.querySelectorAll('.top-acts form button'))
    found.add(`${new URL(button.form.action).pathname} ${button.value}`);
  return [...found];
}"""
VISIBLE = """() => {
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
  const found = [];
  for (const link of document.querySelectorAll('a[href]'))
    if (shown(link)) found.push(new URL(link.href).pathname);
  for (const button of document.querySelectorAll('form button'))
    if (shown(button)) found.push(`${new URL(button.form.action).pathname} ${button.value}`);
  return found;
}"""


def within_two_taps(page: Page) -> set[str]:
    """Return what Today, the sheets of its bar, and the pages its bar leads to show on a phone."""
    reached = set(page.evaluate(VISIBLE))
    bar = page.locator(".phone-bar a")
    pages = []
    for position in range(bar.count()):
        entry = bar.nth(position)
        if entry.get_attribute("data-opens-id-value"):
            entry.tap()
            sheet = page.locator("dialog[open]")
            expect(sheet).to_be_visible()
            reached |= set(page.evaluate(VISIBLE))
            sheet.locator(".sheet-head .icon-button").tap()
        else:
            pages.append(entry.get_attribute("href"))
    for address in pages:
        page.goto(str(address))
        reached |= set(page.evaluate(VISIBLE))
    return reached


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_the_desktop_navigation_offers_is_two_taps_away_on_a_phone(enter: Enter, who: str) -> None:
    wanted = set(enter(who).evaluate(DESKTOP))
    assert {"/signout/ ", "/theme/ dark", "/language/ en", "/people/", "/gatherings/"} <= wanted
    assert wanted - within_two_taps(enter(who, width=390)) == set()


def test_language_appearance_and_leaving_are_in_the_sheet(enter: Enter) -> None:
    page = enter("wang", width=390)
    page.tap('.phone-bar a[href="/me/"]')
    page.tap('#me-sheet button[name="theme"][value="dark"]')
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.tap('#me-sheet button[name="language"][value="en"]')
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.tap('.phone-bar a[href="/me/"]')
    # A device that is only touched has no keys to look up.
    expect(page.locator("#me-sheet .for-keyboards")).to_be_hidden()
    page.tap('#me-sheet button[name="theme"][value="system"]')
    page.tap('#me-sheet button[name="language"][value="zh-hans"]')
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.tap('.phone-bar a[href="/me/"]')
    page.tap('#me-sheet form[action="/signout/"] button')
    page.wait_for_url("**/signin/**")


def test_commands_are_typed_on_a_phone(enter: Enter) -> None:
    page = enter("wang", width=390)
    page.tap('.phone-head a[href="/search/"]')
    field = page.locator("#search-sheet input")
    expect(field).to_be_focused()
    expect(page.locator("#search-sheet [role=option]").first).to_be_visible()
    field.press_sequentially("huodong")
    page.locator("#search-sheet [role=option]", has_text="活动").first.tap()
    page.wait_for_url("**/gatherings/")
    page.tap('.phone-bar a[href="/me/"]')
    page.tap("#me-sheet .search-row")
    page.locator("#search-sheet input").fill("深色")
    page.locator("#search-sheet [role=option][data-press]").first.tap()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.tap('.phone-bar a[href="/me/"]')
    page.tap('#me-sheet button[name="theme"][value="system"]')


def test_without_scripts_the_last_entry_of_the_bar_leads_to_the_same_list(enter: Enter) -> None:
    page = enter("wang", width=390)
    page.tap('.phone-bar a[href="/me/"]')
    sheet = page.evaluate("[...document.querySelectorAll('#me-sheet .me-list a')].map((link) => link.pathname)")
    page.goto("/me/")
    assert page.evaluate("[...document.querySelectorAll('main .me-list a')].map((link) => link.pathname)") == sheet


PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def swipe_left(page: Page, text: str) -> None:
    """Move a message to the left with a finger, as the browser itself gets it."""
    box = page.locator(".said .message", has_text=text).locator(".text").bounding_box()
    assert box is not None
    x, y = box["x"] + min(box["width"], 200), box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x - 10 * step, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_words_of_a_message_are_copied_on_a_phone_and_a_swipe_answers_it(enter: Enter, product: Product) -> None:
    page = enter("xu", width=390)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/channels/{channel_of(product, 'service-help', '现场急问')}/")
    say_on_phone(page, "两件事：\n- 先断电\n- 再拆盖")
    message = page.locator(".message[data-number]", has_text="先断电")
    more = message.get_by_role("button", name="对这条消息")
    more.tap()
    acts = page.locator("#message-sheet .big-list li:visible")
    expect(acts.first).to_have_text("复制文字")
    acts.first.tap()
    expect(page.locator("#toasts")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "两件事：\n\n- 先断电\n- 再拆盖"
    more.tap()
    page.tap('#message-sheet .reaction:has-text("记下了")')
    expect(message.locator(".reaction.mine")).to_contain_text("记下了")
    swipe_left(page, "先断电")
    page.wait_for_url("**/threads/*/")


def test_chosen_pictures_are_shown_small_and_the_phone_does_not_zoom_into_the_field(
    enter: Enter, product: Product, tmp_path: Path
) -> None:
    page = enter("xu", width=390)
    page.goto(f"/channels/{channel_of(product, 'service-help', '现场急问')}/")
    (tmp_path / "缝.png").write_bytes(PICTURE)
    page.locator(".composer input[type=file]").set_input_files(tmp_path / "缝.png")
    picture = page.get_by_role("img", name="缝.png")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.chosen-files img').naturalWidth === 1")
    expect(page.locator(".composer-text")).to_have_css("font-size", "16px")
    page.get_by_role("button", name=re.compile("缝.png")).tap()
    expect(picture).to_have_count(0)


def test_on_a_desk_a_word_of_reaction_takes_one_click(enter: Enter, product: Product) -> None:
    page = enter("wang")
    page.goto(f"/channels/{channel_of(product, 'service-help', '现场急问')}/")
    come_alive(page)
    page.fill("textarea[name=body]", "冷凝器洗过了")
    page.press("textarea[name=body]", "Enter")
    message = page.locator(".message[data-number]", has_text="冷凝器洗过了")
    expect(message.locator(".message-more")).to_be_hidden()
    message.hover()
    page.click('.message-tools .quick:has-text("有用")')
    expect(message.locator(".reaction.mine")).to_contain_text("1")


# Controls and links that stand alone, with the height over which a finger hits them.
TOO_SMALL = """() => {
  const alone = 'button, summary, .button, .icon-button, .rail-list a, .section-head a, .message-body > header > a';
  const found = [];
  for (const element of document.querySelectorAll(alone)) {
    if (element.closest('dialog, .menu, .hidden-text') || !element.getClientRects().length) continue;
    element.scrollIntoView({ block: 'center' });
    const box = element.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hits = (at) => element.contains(document.elementFromPoint(x, at));
    if (!hits(y)) continue;
    let [top, bottom] = [y, y];
    while (top > y - 30 && hits(top - 1)) top--;
    while (bottom < y + 30 && hits(bottom + 1)) bottom++;
    if (bottom - top + 1 < 40) found.push([Math.round(bottom - top + 1), element.outerHTML.slice(0, 120)]);
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "path"), [(width, path) for width in (390, 768) for path in ("/", "/inbox/")])
def test_a_finger_finds_what_stands_alone_at_any_width(enter: Enter, width: int, path: str) -> None:
    page = enter("lin", width=width, touch=True)
    page.goto(path)
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--control')") == "44px"


def test_in_a_short_window_only_one_bar_stays(enter: Enter) -> None:
    page = enter("admin", width=640)
    staying = """() => [...document.querySelectorAll('*')]
        .filter((element) => ['fixed', 'sticky'].includes(getComputedStyle(element).position) && element.clientHeight)
        .filter((element) => !element.matches('.skip, .toasts, .menu')).map((element) => element.className)"""
    for path in ("/", "/gatherings/24/", "/articles/1/edit/"):
        page.set_viewport_size({"width": 640, "height": 430})
        page.goto(path)
        assert len(page.evaluate(staying)) <= 1, page.evaluate(staying)
    page.goto("/people/")
    expect(page.locator(".phone-bar")).to_be_visible()
    page.focus("main input[type=search]")
    expect(page.locator(".phone-bar")).to_be_hidden()


def test_paper_gets_the_words_alone_and_dark_on_light(enter: Enter) -> None:
    page = enter("lin")
    page.goto("/articles/1/")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    for part in (".skip", ".composer", "#use-place", ".rail", ".phone-head"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator(".prose")).to_be_visible()
    expect(page.locator("html")).to_have_css("color", "rgb(27, 35, 33)")
    page.goto("/gatherings/24/poster/")
    expect(page.locator(".poster:visible")).to_have_count(1)
    expect(page.locator("main .note-box")).to_be_hidden()


def test_with_forced_colours_place_main_button_and_own_vote_still_differ(enter: Enter, product: Product) -> None:
    page = enter("lin")
    page.emulate_media(forced_colors="active")
    page.goto(f"/channels/{channel_of(product, 'service-help', '日常')}/")
    come_alive(page)

    def look(selector: str, name: str) -> str:
        return str(page.locator(selector).first.evaluate(f"(element) => getComputedStyle(element).{name}"))

    assert look(".rail-list a[aria-current]", "outlineStyle") == "solid"
    assert look(".rail-list a:not([aria-current])", "outlineStyle") == "none"
    assert look(".composer .button.main", "backgroundColor") != look(".top-acts .button", "backgroundColor")
    page.click("form.composer summary >> nth=0")
    page.click("form.composer a[data-act=sheet]")
    page.fill("#form-sheet [name=question]", "哪天盘点")
    page.fill("#form-sheet [name=options]", "周一\n周二")
    page.click("#form-sheet button.main")
    page.locator(".message-poll", has_text="哪天盘点").locator("button", has_text="周一").click()
    assert look(".mine > .poll-row", "outlineStyle") == "solid"
    assert look(".message-poll progress", "height") == "4px"
