"""Markdown becomes safe HTML."""

from __future__ import annotations

import json
from pathlib import Path

from zhiliu.kit.prose import plain, render


def test_emphasis_closes_beside_chinese() -> None:
    assert "<strong>“重点”</strong>后面" in render("**“重点”**后面").html
    assert "前面<strong>（重点）</strong>" in render("前面**（重点）**").html


def test_emphasis_between_latin_words_follows_commonmark() -> None:
    assert render("2*3*4").html == "<p>2<em>3</em>4</p>\n"
    assert "<em>" not in render("2 * 3 * 4").html
    assert "<strong>bold</strong>" in render("a **bold** word").html


def test_scripts_and_unsafe_addresses_do_not_survive() -> None:
    html = render("<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>").html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html


def test_headings_get_anchors_that_differ() -> None:
    headings = render("## 做法\n\n## 做法\n").headings
    assert [heading.anchor for heading in headings] == ["做法", "做法-1"]


def test_tables_scroll_in_their_own_frame() -> None:
    assert '<div class="table-frame"><table>' in render("| a | b |\n| - | - |\n| 1 | 2 |\n").html


def test_plain_keeps_words_only() -> None:
    assert plain("# 标题\n\n**粗** [链接](/x) `码`") == "标题\n粗 链接 码"


def test_naughty_strings_never_become_markup(shared_data: Path) -> None:
    for text in json.loads((shared_data / "naughty-strings.json").read_text()):
        html = render(text).html.lower()
        assert "<script" not in html, text
        assert 'href="javascript:' not in html and "href='javascript:" not in html, text
