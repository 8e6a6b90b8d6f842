"""Lightning talks: the host puts them in order by dragging, speakers answer, the room sees who is on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_the_loop import open_path, press, set_clock

pytestmark = pytest.mark.journey


def titles(page: Page) -> list[str]:
    """The running order as it is seen."""
    return page.locator("#running-order .title").all_inner_texts()


def drag(page: Page, source: int, target: int) -> None:
    """Drag one row by its handle onto another, counted from 0, as a hand does it: in small steps."""
    handles = page.locator("#running-order [data-sort-handle]")
    start, end = handles.nth(source).bounding_box(), handles.nth(target).bounding_box()
    assert start is not None and end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    across, down = end["x"] + end["width"] / 2, end["y"] + end["height"] / 2
    page.mouse.move(across, down, steps=12)
    # Rows give way with a short movement; the hand stays until they have.
    page.wait_for_timeout(300)
    page.mouse.move(across, down + 6, steps=3)
    page.mouse.up()


def test_an_order_is_made_speakers_answer_and_the_room_follows(enter: Enter, product: Product) -> None:
    gathering = product.sql("SELECT id FROM gatherings_gathering WHERE title LIKE '六分钟一招：入冬前%'")[0][0]
    host, speaker, member = enter("lin"), enter("wang", width=390), enter("xu", width=390)
    open_path(host, f"/gatherings/{gathering}/order/")
    before = titles(host)
    assert before[0] == "冷风机底下那根加热带"

    # Dragged to the third place; the numbers follow, and a fresh page shows the same.
    drag(host, 0, 2)
    wanted = [*before[1:3], before[0], *before[3:]]
    expect(host.locator("#running-order .title").first).to_have_text(wanted[0])
    assert titles(host) == wanted
    places = [str(place) for place in range(1, len(before) + 1)]
    expect(host.locator("#running-order .order-place")).to_have_text(places)
    host.reload()
    assert titles(host) == wanted

    # By key the buttons do the same.
    host.locator("#running-order button[aria-label*='往前']").nth(2).focus()
    host.keyboard.press("Enter")
    expect(host.locator("#running-order .title").nth(1)).to_have_text(before[0])

    # The speaker who was asked says yes on the phone; the host sees it.
    open_path(speaker, f"/gatherings/{gathering}/")
    press(speaker, "#order button:has-text('我来讲')")
    expect(speaker.locator("#order button:has-text('我来讲')")).to_have_count(0)
    open_path(host, f"/gatherings/{gathering}/order/")
    expect(host.locator("#running-order li:has-text('提前告诉客户的两件事')")).not_to_contain_text("还没答复")

    # The gathering runs: the host lets the first talk begin, and the phone of a member shows who is on.
    set_clock(product, gathering)
    open_path(member, f"/gatherings/{gathering}/room/")
    expect(member.locator("#stage")).not_to_contain_text("正在讲")
    open_path(host, f"/gatherings/{gathering}/room/")
    first = host.locator("#stage .stage-next b").inner_text()
    press(host, ".stage-acts button.main")
    expect(member.locator("#stage .stage-who")).to_have_text(first, timeout=20_000)
