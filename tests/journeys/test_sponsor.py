"""A sponsor writes down a payment and reads the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Enter

pytestmark = pytest.mark.journey


def test_a_sponsor_reads_the_report_and_sees_what_the_money_bought(enter: Enter, tmp_path: Path) -> None:
    receipt = tmp_path / "发票.pdf"
    receipt.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page = enter("admin")
    page.goto("/communities/service-help/")
    page.click('a:has-text("赞助人工作台")')
    expect(page.locator("main")).to_contain_text("外请专家")
    page.click('a:has-text("记一笔支出")')
    page.fill('[name="what"]', "热成像仪租金")
    page.fill('[name="amount"]', "450")
    page.fill('[name="bought"]', "找到两处冷桥")
    page.set_input_files('[name="receipt"]', receipt)
    page.click(".form-foot button.main")
    expect(page.locator("#rows")).to_contain_text("热成像仪租金")
    expect(page.locator("#rows")).to_contain_text("找到两处冷桥")
    page.click('a:has-text("本月至今")')
    expect(page.locator("main")).to_contain_text("找到两处冷桥")
    page.go_back()
    page.locator('.panel-list a:has-text("现场求助台")').first.click()
    expect(page.locator("h1")).to_contain_text("现场求助台")
    expect(page.locator("dl.figures")).to_contain_text("举办活动")
