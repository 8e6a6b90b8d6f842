"""Markdown becomes safe HTML."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiliu.kit.text import markdown
from zhiliu.kit.text.markdown import _untaken, plain, render


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


def test_many_headings_of_one_name_are_numbered_at_once() -> None:
    begin, taken = time.process_time(), {}  # type: ignore[var-annotated]
    names = [_untaken("甲", taken) for _number in range(30_000)]
    assert names[:3] == ["甲", "甲-1", "甲-2"] and names[-1] == "甲-29999"
    # Trying each name anew for every heading took half a minute.
    assert time.process_time() - begin < 5


def test_a_heading_that_looks_numbered_moves_the_others_on() -> None:
    headings = render("## 甲-1\n\n## 甲\n\n## 甲\n\n## 甲-1\n").headings
    assert [heading.anchor for heading in headings] == ["甲-1", "甲", "甲-2", "甲-1-1"]


def test_anchors_are_those_of_github_and_own_ones_are_kept() -> None:
    text = "## 怎么用：`tidb_x` <span class='v'>从 v5.0 引入</span>\n\n## A & B\n\n## 名字 {#own}\n\n## 名字 {#own}\n"
    rendered = render(text, html=True)
    assert [(heading.text, heading.anchor) for heading in rendered.headings] == [
        ("怎么用：tidb_x 从 v5.0 引入", "怎么用tidb_x-从-v50-引入"),
        ("A & B", "a--b"),
        ("名字", "own"),
        ("名字", "own-1"),
    ]
    assert '<h2 id="own">名字</h2>' in rendered.html


def test_html_counts_only_where_it_is_asked_for_and_only_as_text_mark_up() -> None:
    text = (
        '<SimpleTab groupId="os">\n<div label="Linux">\n\n先**装**。\n\n</div>\n</SimpleTab>\n\n'
        "<table><tr><td colspan='2' onclick='x()'>格<br/>子</td></tr></table>\n\n"
        "<!-- 注释 -->\n\n写 <token> 和 <b>粗</b>。\n\n<iframe src='https://x'></iframe>\n"
    )
    rendered = render(text, html=True)
    assert "<p><strong>Linux</strong></p>" in rendered.html and "<p>先<strong>装</strong>。</p>" in rendered.html
    assert '<td colspan="2">格<br>子</td>' in rendered.html and "<b>粗</b>" in rendered.html
    assert "&lt;token&gt;" in rendered.html and "&lt;iframe" in rendered.html
    assert "SimpleTab" not in rendered.html and "注释" not in rendered.html and "onclick" not in rendered.html
    assert (
        "Linux" in rendered.plain
        and "格" in rendered.plain
        and "SimpleTab" not in rendered.plain
        and "<token>" in rendered.plain
    )
    assert "&lt;SimpleTab" in render(text).html and "&lt;b&gt;" in render(text).html


def test_code_is_coloured_and_stays_text() -> None:
    found = render("```python\nif a < 1:  # <b>\n    pass\n```\n\n```nothing\n<b>\n```\n").html
    assert '<span class="k">if</span>' in found and '<span class="c1"># &lt;b&gt;</span>' in found
    assert '<code class="language-nothing">&lt;b&gt;\n</code>' in found


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("看 https://example.com/a，再说", "https://example.com/a"),
        ("看https://example.com/a?b=1看看", "https://example.com/a?b=1"),
        ("（https://example.com/a）", "https://example.com/a"),
        ("https://example.com/a b", "https://example.com/a"),
    ],
)
def test_a_plain_address_ends_where_chinese_begins(text: str, address: str) -> None:
    assert re.findall('href="([^"]*)"', render(text, talk=True).html) == [address]


def test_two_addresses_with_a_wide_comma_between_are_two() -> None:
    html = render("https://a.example.com/x，https://b.example.com/y。", talk=True).html
    assert re.findall('href="([^"]*)"', html) == ["https://a.example.com/x", "https://b.example.com/y"]


def test_what_is_said_in_passing_keeps_its_lines_and_has_no_headings() -> None:
    assert render("# 一\n二", talk=True).html == "<p># 一<br>\n二</p>\n"


WORDS = st.text(alphabet=st.sampled_from("压缩机a1Z 　，。！？、；：“”《》…—·,?!é½ǅ\u0301٣\n_*.")) | st.text()


@given(WORDS)
def test_what_has_no_marks_is_rendered_as_the_parser_would(source: str) -> None:
    for talk in (False, True):
        quick = render(source, talk=talk)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(markdown, "_JUST_WORDS", re.compile(r"(?!)"))
            assert render(source, talk=talk) == quick
