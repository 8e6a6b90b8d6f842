"""Talking and answering without a mouse: nothing is clicked after the sign-in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_talking import channel_of

pytestmark = pytest.mark.journey


IN_FOCUS = """([wanted, text]) => {
  const focused = document.activeElement;
  return focused.matches(wanted) && focused.textContent.includes(text);
}"""


def go_to(page: Page, selector: str, text: str = "", *, back: bool = False, most: int = 80) -> None:
    """Press Tab until what has the focus matches, and says so."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(IN_FOCUS, [selector, text]):
            return
    raise AssertionError(f"{most} times Tab do not lead to {selector}")


def kept(page: Page, text: str) -> str:
    """Selector of a message that has arrived and is in its place."""
    row = page.locator(".conversation > .messages .message[data-id]", has_text=text)
    expect(row).to_be_visible(timeout=10_000)
    expect(row).to_have_attribute("data-number", re.compile(r"\d+"))
    return f'.conversation > .messages .message[data-id="{row.get_attribute("data-id")}"]'


def test_a_channel_is_used_by_keyboard_alone(enter: Enter, product: Product) -> None:
    wang = enter("wang")
    wang.goto(f"/channels/{channel_of(product, 'service-help', '日常')}/")
    field = ".composer textarea[name=body]"
    expect(wang.locator(field).first).to_be_focused()
    wang.keyboard.type("键盘也能聊：周五几点复盘？")
    wang.keyboard.press("Enter")
    said = kept(wang, "键盘也能聊")

    # Escape leads from the field to the messages; a word of agreement from the sheet of one.
    wang.keyboard.press("Escape")
    expect(wang.locator(said)).to_be_focused()
    wang.keyboard.press("ArrowUp")
    expect(wang.locator(said)).not_to_be_focused()
    wang.keyboard.press("j")
    expect(wang.locator(said)).to_be_focused()
    wang.keyboard.press("Enter")
    expect(wang.locator("#message-sheet")).to_be_visible()
    go_to(wang, "#message-sheet .reaction", "同问")
    wang.keyboard.press("Enter")
    expect(wang.locator(f"{said} .reaction")).to_contain_text("1", timeout=10_000)

    # A reply in its thread.
    wang.locator(said).and_(wang.locator(":focus")).wait_for(timeout=5_000)
    wang.keyboard.press("Enter")
    go_to(wang, '#message-sheet [data-act="thread"]')
    wang.keyboard.press("Enter")
    expect(wang.locator(".talk-thread textarea[name=body]")).to_be_focused()
    wang.keyboard.type("三点")
    wang.keyboard.press("Enter")
    reply = wang.locator(".talk-thread .said .message", has_text="三点")
    expect(reply).to_have_attribute("data-number", re.compile(r"\d+"), timeout=10_000)
    wang.keyboard.press("Escape")
    expect(reply).to_be_focused()

    # The last message is put differently from the empty field.
    go_to(wang, ".conversation > .composer-place textarea[name=body]", back=True)
    wang.keyboard.press("ArrowUp")
    # The words as they were typed are fetched.
    expect(wang.locator(field).first).to_have_value("键盘也能聊：周五几点复盘？", timeout=10_000)
    wang.keyboard.press("End")
    wang.keyboard.type("（都带表）")
    wang.keyboard.press("Enter")
    expect(wang.locator(said)).to_contain_text("都带表", timeout=10_000)

    # A poll is put and voted in.
    expect(wang.locator(field).first).to_be_focused()
    wang.keyboard.type("/poll 键盘复盘定在哪天 | 周五 | 周六")
    wang.keyboard.press("Enter")
    poll = kept(wang, "键盘复盘定在哪天")
    expect(wang.locator(".said.waiting")).to_have_count(0)
    wang.keyboard.press("Escape")
    go_to(wang, f"{poll} [data-option]", most=8)
    wang.keyboard.press("Enter")
    expect(wang.locator(f"{poll} [data-option][aria-pressed=true]")).to_have_count(1, timeout=10_000)


def test_a_question_is_answered_by_keyboard_alone(enter: Enter, product: Product) -> None:
    key = product.sql(
        "SELECT q.id FROM discussions_question q JOIN communities_community c ON c.id = q.community_id "
        "WHERE q.answer_count = 0 AND q.duplicate_of_id IS NULL AND c.slug = 'service-help' LIMIT 1"
    )[0][0]
    lin = enter("lin")
    lin.goto(f"/questions/{key}/")
    lin.keyboard.press("r")
    expect(lin.locator("#answers textarea[name=body]")).to_be_focused()
    lin.keyboard.type("先断电，再等三分钟。")
    go_to(lin, "#answers .composer button.main", most=3)
    lin.keyboard.press("Enter")
    expect(lin.locator(".answer", has_text="再等三分钟")).to_be_visible(timeout=10_000)
