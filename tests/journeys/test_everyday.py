"""Joining, a phone, the keyboard alone, English."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product, settle

pytestmark = pytest.mark.journey

PAGES = (
    "/",
    "/inbox/",
    "/communities/",
    "/communities/service-help/",
    "/communities/service-help/needs/",
    "/communities/service-help/topics/",
    "/communities/service-help/questions/",
    "/communities/service-help/posts/",
    "/communities/service-help/rota/",
    "/questions/1/",
    "/questions/5/",
    "/posts/1/",
    "/questions/limit/",
    "/communities/service-help/members/",
    "/communities/service-help/gatherings/",
    "/communities/service-help/polls/",
    "/communities/service-help/channels/",
    "/talk/",
    "/channels/9/",
    "/communities/service-help/rules/",
    "/needs/1/",
    "/topics/1/",
    "/gatherings/",
    "/gatherings/3/",
    "/gatherings/23/",
    "/knowledge/",
    "/knowledge/service-help/",
    "/articles/1/",
    "/articles/1/history/",
    "/people/",
    "/people/qian-muzhi/",
    "/search/?q=除霜",
    "/start/",
    "/inbox/preferences/",
    "/communities/key-accounts/calendar/",
    "/communities/key-accounts/files/",
    "/communities/key-accounts/files/1/",
    "/communities/key-accounts/admission/moves/",
    "/communities/key-accounts/admission/rule/?add=1&new=department",
    "/communities/key-accounts/invitations/",
    "/communities/key-accounts/openings/",
    "/communities/key-accounts/openings/3/",
    "/communities/key-accounts/moderation/",
    "/communities/key-accounts/moderation/decided/",
    "/communities/key-accounts/moderation/sanctions/",
    "/communities/key-accounts/moderation/detectors/",
    "/moderation/",
    "/moderation/mine/",
    "/moderation/sanctions/1/",
)
FORMS = (
    "/communities/new/",
    "/needs/new/?community=service-help",
    "/questions/new/",
    "/communities/service-help/posts/new/",
    "/communities/key-accounts/rota/",
    "/communities/service-help/topics/new/?need=1",
    "/gatherings/new/?community=service-help&format=one_problem_talk",
    "/gatherings/new/tea/",
    "/knowledge/new/",
    "/people/lin/profile/",
    "/people/qian-muzhi/thanks/",
    "/communities/key-accounts/home/",
    "/communities/key-accounts/home/texts/new/",
    "/communities/key-accounts/calendar/new/",
    "/communities/key-accounts/files/new/",
    "/communities/key-accounts/openings/new/",
    "/communities/key-accounts/moderation/settings/",
    "/communities/key-accounts/moderation/ready-words/new/",
    "/communities/key-accounts/moderation/sanctions/new/",
    "/moderation/cases/hold-4/?with=mute",
    "/moderation/reports/new/?kind=need&id=1",
)


def go(page: Page, path: str) -> None:
    """Open a page that is there."""
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, (path, answer and answer.status)


def test_joining_by_request_and_being_admitted(enter: Enter, product: Product) -> None:
    wang, lin = enter("wang"), enter("lin")
    slug = product.sql(
        "SELECT c.slug FROM communities_community c JOIN communities_membership m ON m.community_id = c.id"
        " JOIN directory_person p ON p.id = m.person_id AND p.handle = 'lin' AND m.role IN ('manager', 'leader')"
        " WHERE c.admission = 'request' AND NOT EXISTS (SELECT 1 FROM communities_membership w"
        " JOIN directory_person q ON q.id = w.person_id WHERE w.community_id = c.id AND q.handle = 'wang')"
    )
    assert slug, "the sample company has a community that Lin admits into and Wang is not in"
    go(wang, f"/communities/{slug[0][0]}/membership/")
    expect(wang.locator(".prose li").first).to_be_visible()
    wang.fill('[name="note"]', "想听听你们怎么做的")
    wang.click("main form .button.main")
    settle(wang)
    go(lin, f"/communities/{slug[0][0]}/members/")
    go(wang, "/inbox/")
    row = lin.locator("li.item", has_text="想听听你们怎么做的")
    row.locator('button[value="1"]').click()
    expect(lin.locator("li.item", has_text="想听听你们怎么做的")).to_have_count(0)
    # The open inbox shows it without being loaded again.
    expect(wang.locator("#notices")).to_contain_text("你已加入", timeout=20_000)


# The labels of current tabs that stand wholly or partly beside the screen.
UNSEEN_TABS = """
    [...document.querySelectorAll(".tabs > [aria-current], .segment > [aria-current]")]
        .filter((tab) => tab.offsetParent)
        .filter((tab) => tab.getBoundingClientRect().right > innerWidth || tab.getBoundingClientRect().left < 0)
        .map((tab) => tab.textContent.trim())
"""


@pytest.mark.parametrize("width", [320, 360])
def test_no_page_scrolls_sideways_on_a_phone(enter: Enter, width: int) -> None:
    lin = enter("lin", width=width)
    too_wide, unseen_tabs = [], []
    for path in (*PAGES, *FORMS):
        go(lin, path)
        if lin.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            too_wide.append(path)
        unseen_tabs += [(path, label) for label in lin.evaluate(UNSEEN_TABS)]
    assert (too_wide, unseen_tabs) == ([], [])


def test_answering_voting_and_signing_up_with_one_thumb(enter: Enter, product: Product) -> None:
    xu = enter("xu", width=360)
    go(xu, "/gatherings/")
    targets = xu.evaluate(
        "[...document.querySelectorAll('.phone-bar a, .act-bar .button, main .button')]"
        ".filter(e => e.offsetParent).map(e => [e.textContent.trim(), e.getBoundingClientRect().height])"
    )
    assert [target for target in targets if target[1] < 28] == []
    go(xu, "/communities/service-help/polls/")
    expect(xu.locator("h1")).to_be_visible()


def test_the_keyboard_alone_is_enough(enter: Enter) -> None:
    lin = enter("lin")
    lin.keyboard.press("Tab")
    expect(lin.locator(":focus")).to_have_class(re.compile("skip"))
    lin.keyboard.press("Enter")
    expect(lin.locator(":focus")).to_have_id("main")
    lin.keyboard.press("Control+k")
    lin.keyboard.type("除霜")
    with lin.expect_navigation():
        lin.keyboard.press("Enter")
    expect(lin).to_have_url(re.compile("/search/"))
    lin.locator("#rows a.title").first.focus()
    with lin.expect_navigation():
        lin.keyboard.press("Enter")
    with lin.expect_navigation():
        lin.keyboard.press("g")
        lin.keyboard.press("i")
    expect(lin).to_have_url(re.compile("/inbox/"))
    lin.keyboard.press("?")
    expect(lin.locator("#keys-help")).to_be_visible()
    lin.keyboard.press("Escape")
    expect(lin.locator("#keys-help")).to_be_hidden()


def test_a_need_is_voiced_with_the_keyboard_alone(enter: Enter, product: Product) -> None:
    lin = enter("lin")
    go(lin, "/needs/new/?community=newcomers")
    lin.locator("#id_title").focus()
    lin.keyboard.type("合同模板里的质保条款谁说了算")
    with lin.expect_navigation():
        lin.keyboard.press("Control+Enter")
    expect(lin.locator("h1")).to_have_text("合同模板里的质保条款谁说了算")
    assert product.sql("SELECT count(*) FROM needs_need WHERE title = ?", "合同模板里的质保条款谁说了算") == [(1,)]


def test_enter_that_confirms_a_candidate_sends_nothing(enter: Enter) -> None:
    """Chinese input: while composing, Enter belongs to the input method."""
    lin = enter("lin")
    go(lin, "/gatherings/new/tea/")
    field = lin.locator('[role="combobox"]').first
    field.focus()
    field.dispatch_event("compositionstart")
    url = lin.url
    field.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, keyCode: 229, bubbles: true}))"
    )
    lin.wait_for_timeout(300)
    assert lin.url == url


def test_every_page_is_english_in_english(enter: Enter) -> None:
    """The interface has no Chinese left; what people wrote stays as it is."""
    lin = enter("lin", language="en")
    left = {}
    for path in PAGES:
        go(lin, path)
        assert lin.evaluate("document.documentElement.lang") == "en"
        words = lin.evaluate(
            "[...document.querySelectorAll("
            "'.rail-list > li > a[data-key], nav.tabs a, .section-head h2:not(.own-words), .panel-title, .button')]"
            ".map(e => e.textContent.trim()).filter(t => /[\\u4e00-\\u9fff]/.test(t))"
        )
        if words:
            left[path] = words
    assert left == {}
