"""A handbook comes in, and a newcomer finds pages of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Enter, Product

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
# What somebody new would type, and the page that answers it.
ASKED = {
    "怎么跳过出错的 DDL": "使用 TiDB Data Migration 处理出错的 DDL 语句",
    "怎么把旧版本升级到新的": "TiDB Data Migration 1.0.x 到 2.0+ 手动升级",
    "主从切换 上游": "切换 DM-worker 与上游 MySQL 实例的连接",
}


def test_a_handbook_comes_in_and_a_newcomer_finds_three_of_its_pages(
    enter: Enter, product: Product, shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "数据库手册.zip"
    with zipfile.ZipFile(shared_data / "handbook-zh.zip") as whole, zipfile.ZipFile(path, "w") as part:
        for name in whole.namelist():
            if name.startswith(("handbook-zh/TOC", "handbook-zh/dm/")):
                part.writestr(name, whole.read(name))
        part.writestr("handbook-zh/dm/locked.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    page = enter("admin")
    page.goto("/knowledge/company/")
    page.click('a:has-text("导入文档")')
    page.set_input_files('input[type="file"]', path)
    page.fill('input[name="folder"]', "数据库")
    page.click("button.main")
    page.wait_for_selector('button:has-text("篇文档")', timeout=60_000)
    page.click('nav.chips a:has-text("未收")')
    expect(page.locator(".import-line", has_text="locked.docx")).to_contain_text("有密码")
    page.click('button:has-text("篇文档")')
    expect(page.locator(".stepper .here")).to_contain_text("报告", timeout=90_000)
    newcomer = enter("xu")
    for words, title in ASKED.items():
        newcomer.goto(f"/search/?q={words}")
        newcomer.wait_for_load_state()
        found = newcomer.locator(".title").all_inner_texts()
        assert title in [text.strip() for text in found[:5]], (words, found[:5])
    newcomer.click(f'a.title:has-text("{title}")')
    expect(newcomer.locator("h1")).to_contain_text(title)
