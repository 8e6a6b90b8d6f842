"""An administrator brings people in from a file that is not quite right."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Enter

pytestmark = pytest.mark.journey
FILE = """工号,姓名,部门,上级工号,入职日期,手机
J1,单雄信,售后,L1001,2026年3月1日,139
J2,,售后,L1001,,
J3,罗士信,售后,L9999,,
"""


def test_a_file_with_errors_is_mended_and_brought_in(enter: Enter, tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    path.write_bytes(FILE.encode("gb18030"))
    page = enter("admin")
    page.goto("/administration/people/")
    page.click('a:has-text("导入")')
    page.set_input_files('input[type="file"]', path)
    page.click("button.main")
    page.wait_for_selector(".columns-table", timeout=30_000)
    expect(page.locator("select").nth(5)).to_have_value("")
    page.click(".form-foot button.main")
    page.wait_for_selector("#line-3", timeout=30_000)
    page.fill('#line-3 input[name="name"]', "秦琼")
    page.click('#line-3 button[value="write"]')
    expect(page.locator("#line-3")).to_contain_text("处理好了")
    page.click('#line-4 button[value="take"]')
    expect(page.locator("#line-4")).to_contain_text("处理好了")
    page.click('#import-start button:has-text("导入 3 行")')
    expect(page.locator(".stepper .here")).to_contain_text("报告", timeout=30_000)
    page.goto("/people/?q=shanxiongxin")
    expect(page.locator("main")).to_contain_text("单雄信")
