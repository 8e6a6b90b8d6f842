"""In the room: the sharer lets it vote, a member answers on a phone and says how it goes, the wall shows it at once."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from .conftest import Enter, Product
from .test_the_loop import open_path, press, set_clock

pytestmark = pytest.mark.journey


def test_a_room_votes_and_says_how_it_goes(enter: Enter, product: Product) -> None:
    gathering = product.sql("SELECT id FROM gatherings_gathering WHERE title LIKE '夜里库温报警%'")[0][0]
    set_clock(product, gathering)
    minute = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:00")
    product.sql("DELETE FROM gatherings_pulse WHERE gathering_id = ?", gathering)
    product.sql(
        "INSERT INTO gatherings_pulse (gathering_id, word, minute, count) VALUES (?, 'with_you', ?, 2)",
        gathering,
        minute,
    )
    sharer, wall, member = enter("qian-muzhi"), enter("qian-muzhi"), enter("xu", width=390)
    open_path(sharer, f"/gatherings/{gathering}/room/")
    open_path(wall, f"/gatherings/{gathering}/wall/")
    open_path(member, f"/gatherings/{gathering}/room/")
    expect(wall.locator("#wall-pulse dd").first).to_contain_text("–")

    # The sharer puts a question; it appears on the phone without a new page.
    sharer.click("summary:has-text('现场投个票')")
    sharer.fill("#poll-question", "你那边最常漏问哪一句")
    sharer.fill("#poll-options", "涨了多久\n门关没关严\n报警代码")
    press(sharer, "details[open] form button.button")
    expect(member.locator("#room-poll")).to_contain_text("你那边最常漏问哪一句", timeout=20_000)

    # One tap answers; bars move on the phone, in the sharer's room and on the wall.
    member.click("#room-poll button:has-text('门关没关严')")
    expect(member.locator("#room-poll .mine")).to_contain_text("1 票")
    for page in (sharer, wall):
        expect(page.locator(".poll-row:has-text('门关没关严') .number")).to_contain_text("1", timeout=20_000)

    # One tap says how it goes: the third one makes the number visible, to host, sharer and wall only.
    member.click("#pulse button:has-text('跟得上')")
    expect(member.locator("#pulse button[aria-pressed=true]")).to_have_text("跟得上")
    expect(wall.locator("#wall-pulse dd").first).to_have_text("3", timeout=20_000)
    expect(sharer.locator("#pulse dd").first).to_have_text("3", timeout=20_000)
    expect(member.locator("#pulse")).not_to_contain_text("3")

    # Closed, the result stands; the log knows neither who voted nor who tapped.
    sharer.click("#room-poll button:has-text('结束投票')")
    expect(member.locator("#room-poll")).to_contain_text("投票结果", timeout=20_000)
    verbs = "('polls.ballot_cast', 'gatherings.pulse_given')"
    assert product.sql(f"SELECT DISTINCT by_id FROM activity_activity WHERE verb IN {verbs}") == [(None,)]
