"""Two people edit the same article; typing Chinese, pasting a picture, and a line that goes dead."""

from __future__ import annotations

import base64
import re
from difflib import unified_diff

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product, settle

pytestmark = pytest.mark.journey
SURFACE = ".editor-surface .ProseMirror, .editor-surface [contenteditable='true']"
PICTURE = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
).decode()


def article_of_two(product: Product) -> int:
    """An article that Qian wrote in a library that Jiang looks after."""
    rows = product.sql(
        "SELECT a.id FROM knowledge_article a JOIN knowledge_library l ON l.id = a.library_id"
        " JOIN communities_membership m ON m.community_id = l.community_id AND "
        " m.role IN ('manager', 'leader', 'adviser')"
        " JOIN directory_person j ON j.id = m.person_id AND j.handle = 'jiang-shuyi'"
        " JOIN directory_person q ON q.handle = 'qian-muzhi'"
        " JOIN knowledge_article_authors w ON w.article_id = a.id AND w.person_id = q.id"
        " WHERE a.state = 'published' ORDER BY a.id"
    )
    assert rows, "the sample company has an article of both"
    return int(rows[0][0])


def open_editor(page: Page, article: int) -> None:
    """Open the editor and wait until one can write in it."""
    page.goto(f"/articles/{article}/edit/")
    expect(page.locator(SURFACE).first).to_be_visible()


def write_at_end(page: Page, text: str) -> None:
    """Type a new last paragraph."""
    page.locator(SURFACE).first.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type(text)


def saved(product: Product, article: int) -> str:
    """The working copy as it is kept."""
    return str(product.sql("SELECT draft_markdown FROM knowledge_article WHERE id = ?", article)[0][0])


def wait_for_text(page: Page, product: Product, article: int, text: str) -> None:
    """Until the working copy holds ``text``; it saves by itself."""
    for _ in range(100):
        if text in saved(product, article):
            return
        page.wait_for_timeout(150)
    raise AssertionError(f"{text!r} was not saved")


def test_the_second_writer_is_shown_the_difference_and_loses_nothing(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    qian, jiang = enter("qian-muzhi"), enter("jiang-shuyi")
    open_editor(qian, article)
    open_editor(jiang, article)
    expect(jiang.locator("[data-controller=fellow-writers]")).to_contain_text("钱牧之也", timeout=20_000)
    expect(qian.locator("[data-controller=fellow-writers]")).to_contain_text("江书意也", timeout=20_000)
    before = saved(product, article)
    write_at_end(qian, "老钱补的一句：先看表。")
    wait_for_text(qian, product, article, "老钱补的一句")
    # What nobody touched is byte for byte what it was.
    after = saved(product, article)
    assert after.startswith(before.rstrip("\n")), list(unified_diff(before.splitlines(), after.splitlines(), n=0))
    write_at_end(jiang, "书意补的一句：附上照片。")
    expect(jiang.locator(".conflict")).to_be_visible(timeout=20_000)
    expect(jiang.locator(".conflict")).to_contain_text("老钱补的一句")
    assert "书意补的一句" not in saved(product, article)
    jiang.click('.conflict [value="below"]')
    wait_for_text(jiang, product, article, "书意补的一句")
    kept = saved(product, article)
    assert kept.count("老钱补的一句") == 1 and kept.count("书意补的一句") == 1
    # Only what she changed is put below, not the whole article.
    assert len(kept) < len(before) + 60


def test_a_pasted_picture_is_uploaded_and_shown(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    qian = enter("qian-muzhi")
    open_editor(qian, article)
    qian.locator(SURFACE).first.click()
    qian.keyboard.press("Control+End")
    qian.evaluate(
        """data => {
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], '铭牌.png', {type: 'image/png'}));
            document.activeElement.dispatchEvent(
                new ClipboardEvent('paste', {clipboardData: files, bubbles: true, cancelable: true}));
        }""",
        PICTURE,
    )
    wait_for_text(qian, product, article, "/files/")
    address = re.findall(r"\((/files/[^)\s]+)", saved(product, article))[-1]
    answer = qian.request.get(product.url + address)
    assert answer.status == 200 and answer.headers["content-type"] == "image/png"


def test_what_is_typed_while_the_line_is_dead_is_kept_and_saved_later(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    qian = enter("qian-muzhi")
    open_editor(qian, article)
    qian.context.set_offline(True)
    write_at_end(qian, "断网时写的一句。")
    expect(qian.locator("[data-editor-state]").first).to_contain_text("没保存上", timeout=20_000)
    assert "断网时写的一句" not in saved(product, article)
    qian.context.set_offline(False)
    wait_for_text(qian, product, article, "断网时写的一句")


COMMENT = 'form:has(textarea[name="body"])'


def leave_session(page: Page) -> None:
    """The session ends while the page stays open."""
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page: Page, who: str) -> None:
    page.click(f'form[action="/signin/demo/{who}/"] button')
    settle(page)


def test_a_comment_survives_the_end_of_the_session_and_can_be_sent_afterwards(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    page = enter("qian-muzhi")
    page.goto(f"/articles/{article}/")
    field = page.locator(f"{COMMENT} textarea").last
    field.fill("会话断了也要在的一句。")
    leave_session(page)
    page.locator(f"{COMMENT}:has-text('发送') button").last.click()
    page.wait_for_url("**/signin/**")
    # A colleague who uses the same browser sees nothing of it.
    sign_in_again(page, "jiang-shuyi")
    expect(page).to_have_url(re.compile(rf"/articles/{article}/$"))
    expect(page.locator(f"{COMMENT} textarea").last).to_have_value("")
    leave_session(page)
    page.goto(f"/articles/{article}/")
    sign_in_again(page, "qian-muzhi")
    expect(page.locator(f"{COMMENT} textarea").last).to_have_value("会话断了也要在的一句。")
    page.reload()
    expect(page.locator(f"{COMMENT} textarea").last).to_have_value("会话断了也要在的一句。")
    page.locator(f"{COMMENT} button").last.click()
    expect(page.locator("#comments")).to_contain_text("会话断了也要在的一句。")
    expect(page.locator(f"{COMMENT} textarea").last).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('comment-')).length") == 0


def test_an_article_published_after_the_end_of_the_session_is_kept(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    page = enter("qian-muzhi")
    open_editor(page, article)
    leave_session(page)
    write_at_end(page, "断开以后写的一句。")
    page.locator('[data-opens-id-value="publish"]:visible').first.click()
    page.locator('#publish button[value="publish"]').click()
    page.wait_for_url("**/signin/**")
    sign_in_again(page, "qian-muzhi")
    expect(page.locator(SURFACE).first).to_contain_text("断开以后写的一句。")
    wait_for_text(page, product, article, "断开以后写的一句。")


def test_two_tabs_in_one_form_lose_neither_text(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    page = enter("qian-muzhi")
    page.goto(f"/articles/{article}/")
    second = page.context.new_page()
    second.goto(f"/articles/{article}/")
    for tab, text in ((page, "第一个窗口的话"), (second, "第二个窗口的话")):
        tab.locator(f"{COMMENT} textarea").last.fill(text)
        tab.reload()
    field = second.locator(f"{COMMENT} textarea").last
    expect(field).to_have_value("第二个窗口的话")
    second.locator(f"{COMMENT} .draft-line button").click()
    expect(field).to_have_value("第一个窗口的话")
    second.locator(f"{COMMENT} .draft-line button").click()
    expect(field).to_have_value("")


def test_from_text_to_what_is_seen_and_back_no_key_is_lost(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    page = enter("qian-muzhi")
    open_editor(page, article)
    switch = page.locator('[data-command="source"]:visible').first
    switch.click()
    page.locator('textarea[name="markdown"]').press("Control+End")
    page.keyboard.insert_text(
        "\n\n****粗****，**a **b** c**，*_x_*，见[^1]，请用Python**（推荐）**编写，$a_1$。\n\n[^1]: 注"
    )
    switch.click()
    expect(page.locator(f"{SURFACE} >> strong", has_text="推荐")).to_be_visible()
    write_at_end(page, "切换以后又写的一句")
    wait_for_text(page, product, article, "切换以后又写的一句")
    kept = saved(product, article)
    assert "****粗****，**a **b** c**，*_x_*，见[^1]，请用Python**（推荐）**编写，$a_1$。\n\n[^1]: 注" in kept
    switch.click()
    expect(page.locator('textarea[name="markdown"]')).to_have_value(kept)


def test_a_colleague_is_mentioned_while_writing(enter: Enter, product: Product) -> None:
    article = article_of_two(product)
    page = enter("qian-muzhi")
    open_editor(page, article)
    write_at_end(page, "细节问 @jsy")
    page.locator('.slash-menu [role="option"]', has_text="江书意").click()
    page.keyboard.type("就行。")
    wait_for_text(page, product, article, "细节问 [@江书意](/people/jiang-shuyi/) 就行。")
