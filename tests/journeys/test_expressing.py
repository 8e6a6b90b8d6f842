"""What people miss of other chats: emoji, read marks, pictures in place, voice, drafts on every device."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from .conftest import Enter, Product
from .test_talking import channel_of, come_alive, say

pytestmark = pytest.mark.journey


def test_emoji_are_typed_looked_for_and_given_as_reactions(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    wang, xu = enter("wang"), enter("xu", width=390)
    asked: list[str] = []
    wang.on("request", lambda request: asked.append(request.url))
    for page in (wang, xu):
        page.goto(path)
    come_alive(wang)
    field = wang.locator("textarea[name=body]")
    # A page loads no emoji before somebody asks for one.
    assert not any("emoji" in url for url in asked)

    # What an earlier journey has not sent waits here.
    field.fill("")
    # A code is completed without sending; a whole one needs no choice.
    field.press_sequentially("修好了 :tad")
    expect(wang.locator(".names li").first).to_contain_text("🎉")
    field.press("Enter")
    expect(field).to_have_value("修好了 🎉")
    field.press_sequentially(" :+1:")
    expect(field).to_have_value("修好了 🎉 👍")

    # Looked for in Chinese, without the mouse.
    wang.locator('[data-act="emoji"]').focus()
    wang.keyboard.press("Enter")
    expect(wang.locator(".emoji-picker input")).to_be_focused()
    wang.keyboard.type("玫瑰")
    expect(wang.locator(".emoji-picker [data-sign]").first).to_have_attribute("aria-label", "玫瑰")
    wang.keyboard.press("ArrowDown")
    wang.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("修好了 🎉 👍🌹")
    field.press("Enter")

    # Any emoji is a reaction, on a phone as well.
    there = xu.locator(".message[data-number]", has_text="修好了 🎉 👍🌹")
    expect(there).to_be_visible(timeout=10_000)
    there.locator(".message-more").tap()
    xu.tap('#message-sheet [data-act="all-reactions"]')
    xu.locator('#message-sheet .emoji-picker [data-sign="💪"]').first.tap()
    here = wang.locator(".message", has_text="修好了 🎉 👍🌹").locator(".reaction")
    expect(here).to_contain_text("💪", timeout=10_000)

    # What one used comes first the next time, after our words.
    there.locator(".message-more").tap()
    signs = xu.locator("#message-sheet .reaction-choice [data-act=react]")
    expect(signs.nth(0)).to_have_text("有用")
    expect(signs.nth(4)).to_have_text("💪")


def test_the_author_sees_who_has_read_unless_somebody_keeps_it_to_themselves(enter: Enter, product: Product) -> None:
    lin, wang = enter("lin"), enter("wang")
    wang.goto("/talk/new/?person=" + str(product.sql("SELECT id FROM directory_person WHERE handle = 'lin'")[0][0]))
    wang.click("main button.main")
    come_alive(wang)
    say(wang, "图纸发你了")
    mark = wang.locator(".said", has_text="图纸发你了").locator(".read-mark")
    expect(wang.locator(".message[data-number]", has_text="图纸发你了")).to_be_visible()
    expect(mark).to_have_count(0)
    # Read elsewhere, it is marked here without a new page.
    lin.goto(wang.url)
    expect(mark).to_have_text("已读", timeout=10_000)

    # Who keeps it to themselves is not told of, and is told nothing.
    lin.goto("/inbox/preferences/")
    lin.check("[name=hide_reading]")
    lin.click("form:has([name=hide_reading]) button.main")
    wang.reload()
    expect(wang.locator(".message", has_text="图纸发你了")).to_be_visible()
    expect(mark).to_have_count(0)
    lin.goto("/inbox/preferences/")
    lin.uncheck("[name=hide_reading]")
    lin.click("form:has([name=hide_reading]) button.main")

    # A message to everybody tells its author how many have read it, and who.
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    lin.goto(path)
    come_alive(lin)
    say(lin, "@所有人 周五盘点")
    counted = lin.locator(".said", has_text="周五盘点").locator(".read-mark button")
    expect(counted).to_contain_text("人已读", timeout=10_000)
    # It counts once it has been in the window, which the page tells by itself.
    with wang.expect_response("**/mark/"):
        wang.goto(path)
    expect(counted).not_to_have_text(re.compile("^0 /"), timeout=10_000)
    counted.click()
    expect(lin.locator("#form-sheet")).to_contain_text("王一帆")
    expect(wang.locator(".said", has_text="周五盘点").locator(".read-mark")).to_have_count(0)


def test_pictures_open_in_place_one_after_the_other(enter: Enter, product: Product, tmp_path: Path) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    files = [tmp_path / "机房.png", tmp_path / "铭牌.png"]
    for file, colour in zip(files, ("teal", "brown"), strict=True):
        Image.new("RGB", (1200, 800), colour).save(file)
    wang, xu = enter("wang"), enter("xu", width=390)
    wang.goto(path)
    come_alive(wang)
    wang.set_input_files("form.composer input[type=file]", files)
    wang.fill("textarea[name=body]", "现场两张")
    wang.press("textarea[name=body]", "Enter")
    sent = wang.locator(".message[data-number]", has_text="现场两张")
    expect(sent.locator(".picture img")).to_have_count(2, timeout=10_000)

    # With the keyboard alone: open, go on, close; the focus is where it was.
    sent.locator("a.picture").first.focus()
    wang.keyboard.press("Enter")
    name = wang.locator(".pswp__name")
    expect(name).to_have_text("机房.png")
    wang.keyboard.press("ArrowRight")
    expect(name).to_have_text("铭牌.png")
    download = wang.locator(".pswp__button--download")
    expect(download).to_have_attribute("href", re.compile(r"/messages/files/"))
    expect(download).to_have_attribute("download", "铭牌.png")
    wang.keyboard.press("Escape")
    expect(wang.locator(".pswp")).to_have_count(0)
    expect(sent.locator("a.picture").first).to_be_focused()

    # On a phone with the finger.
    xu.goto(path)
    xu.locator(".message[data-number]", has_text="现场两张").locator("a.picture").last.tap()
    expect(xu.locator(".pswp__name")).to_have_text("铭牌.png")
    expect(xu.locator(".pswp img.pswp__img").last).to_have_attribute("alt", "铭牌.png")
    xu.tap(".pswp__button--close")
    expect(xu.locator(".pswp")).to_have_count(0)


# A microphone that hums: the machine of the tests has none.
MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const hum = context.createOscillator();
  const out = context.createMediaStreamDestination();
  hum.connect(out);
  hum.start();
  return out.stream;
};
"""
REFUSED = 'navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };'


def test_a_voice_message_is_recorded_heard_sent_and_played(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    wang, xu = enter("wang"), enter("xu", width=390)
    wang.goto(path)
    come_alive(wang)
    record = wang.locator('.composer [data-act="voice"]')
    wang.evaluate(f"() => {{ {REFUSED} }}")
    record.click()
    expect(wang.locator("#toasts")).to_contain_text("浏览器没有允许用麦克风")

    wang.evaluate(f"() => {{ {MICROPHONE} }}")
    record.click()
    expect(wang.locator("[data-recording]")).to_contain_text("0:02", timeout=10_000)
    record.click()
    heard = wang.locator(".chosen-files .voice-message")
    expect(heard.locator(".voice-time")).to_have_text(re.compile(r"^0:0[1-9]$"), timeout=10_000)
    heard.locator(".voice-play").click()
    expect(heard.locator(".voice-time")).to_contain_text("/", timeout=10_000)
    wang.click("[data-send]")

    # Its length is known before it is played; the speed stays on the device.
    sent = wang.locator(".message[data-number] .voice-message").last
    expect(sent.locator(".voice-time")).to_have_text(re.compile(r"^0:0[1-9]$"), timeout=10_000)
    xu.goto(path)
    there = xu.locator(".message[data-number] .voice-message").last
    expect(there.locator(".voice-time")).to_have_text(re.compile(r"^0:0[1-9]$"))
    there.locator(".voice-speed").tap()
    expect(there.locator(".voice-speed")).to_have_text("1.5×")
    there.locator(".voice-play").tap()
    expect(there.locator(".voice-time")).to_contain_text("/", timeout=10_000)
    xu.reload()
    expect(there.locator(".voice-speed")).to_have_text("1.5×")


def test_what_was_typed_waits_on_every_device_until_it_is_sent(enter: Enter, product: Product) -> None:
    path = f"/channels/{channel_of(product, 'service-help', '日常')}/"
    desk, phone, xu = enter("wang"), enter("wang", width=390), enter("xu")
    written = desk.locator("textarea[name=body]")
    there = phone.locator("textarea[name=body]")
    desk.goto(path)
    come_alive(desk)
    with desk.expect_response(lambda answer: answer.url.endswith("/unsent/") and answer.request.method == "POST"):
        written.fill("冷库验收的三点")
    # In the list of the phone and in the field, and nowhere of a colleague.
    phone.goto("/talk/")
    expect(phone.locator("[data-draft-words]", has_text="冷库验收的三点")).to_be_visible()
    phone.goto(path)
    expect(there).to_have_value("冷库验收的三点")
    xu.goto(path)
    come_alive(xu)
    assert "冷库验收的三点" not in xu.content()

    # Gone on with on the phone, it is there on the desk without a new page; sent, it is gone everywhere.
    with phone.expect_response(lambda answer: answer.url.endswith("/unsent/") and answer.request.method == "POST"):
        there.fill("冷库验收的三点：温度")
    expect(written).to_have_value("冷库验收的三点：温度", timeout=10_000)
    phone.click("[data-send]")
    expect(written).to_have_value("", timeout=10_000)
    expect(xu.locator(".message", has_text="冷库验收的三点：温度")).to_be_visible(timeout=10_000)
    desk.reload()
    expect(written).to_have_value("")

    # Words of both devices that the other has not seen are both kept.
    phone.route("**/unsent/", lambda route: route.fulfill(status=403))
    with phone.expect_response("**/unsent/"):
        there.fill("手机上没存上的")
    with desk.expect_response(lambda answer: answer.url.endswith("/unsent/") and answer.request.method == "POST"):
        written.fill("电脑上写的")
    phone.unroute("**/unsent/")
    phone.reload()
    expect(there).to_have_value("手机上没存上的")
    expect(phone.locator("[data-other-text]")).to_contain_text("电脑上写的")
    phone.click('[data-act="take-other"]')
    expect(there).to_have_value("手机上没存上的\n电脑上写的")
    expect(phone.locator("[data-other-text]")).to_be_hidden()
    expect(written).to_have_value("手机上没存上的\n电脑上写的", timeout=10_000)
    written.fill("")
