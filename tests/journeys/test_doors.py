"""A community that admits by a rule follows the directory."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, Product

pytestmark = pytest.mark.journey

COMMUNITY = "/communities/site-leads/"
# Somebody whom only the department keeps out of the rule of the sample company.
OUTSIDE = """
SELECT person.handle, person.name, person.department_id FROM directory_person person
JOIN directory_position position ON position.id = person.position_id
JOIN directory_department department ON department.id = person.department_id
JOIN directory_location location ON location.id = person.location_id
WHERE department.code = 'quality' AND position.level = 5 AND location.name <> '天津办事处' AND person.is_active
ORDER BY person.id DESC LIMIT 1
"""


def move(page: Page, handle: str, department: int) -> None:
    """Give somebody another department, as an administrator does."""
    page.goto(f"/administration/people/{handle}/")
    page.select_option('select[name="department"]', str(department))
    page.click(".form-foot button.main")
    expect(page.locator("#toasts, .toasts").first).to_contain_text("已保存")


def wait_for(page: Page, name: str, move_word: str) -> None:
    """Until the page of who came and left says so; the job process follows the log by itself."""
    row = page.locator("#rows .item").filter(has_text=name).filter(has_text=move_word)
    deadline = time.monotonic() + 30
    while not row.count() and time.monotonic() < deadline:
        page.goto(f"{COMMUNITY}admission/moves/")
        page.wait_for_timeout(300)
    expect(row.first).to_be_visible()


def test_a_rule_admitted_community_follows_a_department_move(product: Product, enter: Enter) -> None:
    ((handle, name, before),) = product.sql(OUTSIDE)
    ((production,),) = product.sql("SELECT id FROM directory_department WHERE code = 'production'")
    page = enter("admin")
    page.goto(f"{COMMUNITY}members/?q={name}")
    expect(page.locator("main")).to_contain_text("没找到人")
    move(page, handle, production)
    wait_for(page, name, "加入")
    page.goto(f"{COMMUNITY}members/?q={name}")
    expect(page.locator("#rows")).to_contain_text(name)
    move(page, handle, before)
    wait_for(page, name, "离开")
    page.goto(f"{COMMUNITY}members/?q={name}")
    expect(page.locator("main")).to_contain_text("没找到人")


def test_a_rule_is_put_together_and_tried_on_one_page(enter: Enter) -> None:
    page = enter("admin")
    page.goto(f"{COMMUNITY}admission/rule/")
    before = page.locator("#tried .note").first.inner_text()
    page.get_by_label("售后服务部").uncheck() if page.get_by_label("售后服务部").is_checked() else None
    page.get_by_label("质量部").check()
    expect(page.locator("#tried")).to_contain_text("质量部")
    expect(page.locator("#tried .note").first).not_to_have_text(before)
    page.select_option("#new", "tenure")
    page.click('button[name="add"]')
    page.fill('input[name$="-least"] >> nth=-1', "2")
    page.keyboard.press("Tab")
    expect(page.locator("#tried")).to_contain_text("工龄不低于 2 年")
