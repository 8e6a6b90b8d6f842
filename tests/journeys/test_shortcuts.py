"""Commands, cards and single keys: the quick ways of those who know the product."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product
from .test_accessible import AXE
from .test_everyday import go

pytestmark = pytest.mark.journey
COMPOSED_ENTER = "{key: 'Enter', isComposing: true, keyCode: 229, bubbles: true, cancelable: true}"


def serious(page: Page) -> list[Any]:
    """What axe finds on the page as it stands."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [(item["id"], item["nodes"][0]["target"]) for item in found if item["impact"] in ("serious", "critical")]


def test_the_palette_goes_where_pinyin_says(enter: Enter) -> None:
    lin = enter("lin")
    lin.keyboard.press("Control+k")
    options = lin.locator("#palette [role=option]")
    expect(options.first).to_be_visible()
    assert serious(lin) == []
    lin.keyboard.type("shoujianxiang")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(lin.locator(".seek input")).to_have_attribute("aria-activedescendant", "palette-0")
    assert serious(lin) == []
    with lin.expect_navigation():
        lin.keyboard.press("Enter")
    expect(lin).to_have_url(re.compile("/inbox/$"))
    # Enter before the answer is there ends in the same place.
    lin.keyboard.press("Control+k")
    lin.keyboard.type("zhishiku")
    with lin.expect_navigation():
        lin.keyboard.press("Enter")
    expect(lin).to_have_url(re.compile("/knowledge/$"))


def test_enter_of_an_input_method_does_not_act_in_the_palette(enter: Enter) -> None:
    lin = enter("lin")
    go(lin, "/knowledge/")
    asked: list[str] = []
    lin.on("request", lambda request: asked.append(request.url) if "/palette/" in request.url else None)
    lin.keyboard.press("Control+k")
    lin.keyboard.type("shoujianxiang")
    expect(lin.locator("#palette [data-best]")).to_be_visible()
    assert len(asked) == 2, asked  # one when it opened, one for all the letters
    lin.locator(".seek input").evaluate(f"e => e.dispatchEvent(new KeyboardEvent('keydown', {COMPOSED_ENTER}))")
    lin.wait_for_timeout(300)
    expect(lin).to_have_url(re.compile("/knowledge/$"))
    lin.keyboard.press("Escape")
    expect(lin.locator("#palette")).to_be_hidden()
    expect(lin.locator(".seek input")).to_be_focused()


def test_a_command_presses_the_button_of_the_frame(enter: Enter) -> None:
    lin = enter("lin")
    lin.keyboard.press("Control+k")
    lin.keyboard.type("shense")
    lin.keyboard.press("Enter")
    expect(lin.locator("html")).to_have_attribute("data-theme", "dark")
    lin.keyboard.press("Control+k")
    lin.keyboard.type("gensui")
    lin.keyboard.press("Enter")
    expect(lin.locator("html")).not_to_have_attribute("data-theme", re.compile("."))


def test_a_card_appears_on_focus_and_not_for_a_guest_about_an_outsider(enter: Enter) -> None:
    lin = enter("lin")
    go(lin, "/communities/service-help/")
    link = lin.locator('.side a[href^="/people/"]').first
    lin.keyboard.press("Tab")  # the keyboard is in use: focus shows
    link.focus()
    card = lin.locator("#person-card")
    expect(card).to_be_visible()
    expect(card.locator("h3")).to_contain_text(link.inner_text().strip())
    assert serious(lin) == []
    lin.keyboard.press("Tab")
    expect(card.locator("a").first).to_be_focused()
    lin.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()
    zhao = enter("zhao")
    assert lin.request.get("/people/admin/card/").status == 200
    assert zhao.request.get("/people/admin/card/").status == 404


def test_letters_act_where_there_is_something_to_act_on(enter: Enter, product: Product) -> None:
    lin = enter("lin")
    need, mine = product.sql(
        "SELECT n.id, (SELECT count(*) FROM needs_support s JOIN directory_person p ON p.id = s.by_id"
        " WHERE s.need_id = n.id AND p.handle = 'lin') FROM needs_need n WHERE n.state = 'open' AND n.community_id IN"
        " (SELECT m.community_id FROM communities_membership m JOIN directory_person p ON p.id = m.person_id"
        " WHERE p.handle = 'lin') AND n.by_id NOT IN (SELECT id FROM directory_person WHERE handle = 'lin') LIMIT 1"
    )[0]
    go(lin, f"/needs/{need}/")
    vote = lin.locator("main .votebox.big button")
    lin.keyboard.press("v")
    expect(vote).to_have_attribute("aria-pressed", "false" if mine else "true")
    lin.keyboard.press("r")
    comment = lin.locator("#comments textarea")
    expect(comment).to_be_focused()
    lin.keyboard.type("v")
    expect(comment).to_have_value("v")
    expect(vote).to_have_attribute("aria-pressed", "false" if mine else "true")
    lin.locator("#comments textarea").fill("")
    go(lin, "/inbox/?show=unread")
    rows = lin.locator("#rows .item.new")
    unread = rows.count()
    assert unread > 0
    lin.keyboard.press("e")  # several rows and none in focus: none is guessed
    lin.keyboard.press("j")
    lin.keyboard.press("e")
    expect(rows).to_have_count(unread - 1)
