"""The rules of Markdown, as pages and messages show them; the editor is tested against the same cases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiliu.kit.text.chinese_text import without_invisibles
from zhiliu.kit.text.markdown import inert, plain, render

from .formulas import as_written

CASES = json.loads((Path(__file__).parent / "markdown_cases.json").read_text(encoding="utf-8"))
_NAMES = [case["name"] for case in CASES]


def _shown(source: str, *, talk: bool) -> str:
    return as_written(render(source, talk=talk).html).strip().replace(' rel="noopener nofollow"', "")


@pytest.mark.parametrize("case", CASES, ids=_NAMES)
def test_an_article_is_read_by_the_table(case: dict[str, str]) -> None:
    if case["article"] is not None:
        assert _shown(case["source"], talk=False) == case["article"]


@pytest.mark.parametrize("case", CASES, ids=_NAMES)
def test_talk_is_read_by_the_table(case: dict[str, str]) -> None:
    if case["talk"] is not None:
        assert _shown(case["source"], talk=True) == case["talk"]


def test_footnotes_are_numbered_and_stand_below() -> None:
    html = render("见[^1]和[^来源]，再[^1]。\n\n[^1]: 冷链手册第三版\n[^来源]: 年报\n", html=True).html
    assert re.findall(r'href="(#fn\d)" id="[^"]*"[^>]*>(\[\d\])', html) == [
        ("#fn1", "[1]"),
        ("#fn2", "[2]"),
        ("#fn1", "[1]"),
    ]
    assert re.findall(r'<li id="(fn\d)" class="footnote-item"><p>(\S+)', html) == [
        ("fn1", "冷链手册第三版"),
        ("fn2", "年报"),
    ]


@pytest.mark.parametrize("text", ["文\n\n[^1]: 没人指向\n", "![图[^1]](/p)\n\n[^1]: 没人指向\n"])
def test_a_footnote_nothing_points_at_is_shown_too_without_a_way_back(text: str) -> None:
    assert re.search(r'<li id="fn1" class="footnote-item"><p>没人指向</p>', render(text, html=True).html)


def test_ways_back_from_a_footnote_lead_to_where_it_is_pointed_at() -> None:
    html = render("![图[^1]](/p) 见[^1]和[^1]\n\n[^1]: 注\n", html=True).html
    assert re.findall(r'href="#(fnref[^"]*)"', html) == re.findall(r'id="(fnref[^"]*)"', html) == ["fnref1", "fnref1:1"]


def test_formulas_and_footnotes_in_the_words_of_a_picture_stay_as_they_are_written() -> None:
    html = render("![约 $\\frac12$ 升[^1]](/p)\n\n[^1]: 注\n", html=True).html
    assert '<img src="/p" alt="约 $\\frac12$ 升[^1]">' in html


def test_a_second_footnote_of_a_name_stays_where_it_stands() -> None:
    html = render("见[^1]\n\n[^1]: 第一章的注\n\n[^1]: 第二章的注\n").html
    assert "第一章的注" in html and "第二章的注" in html


def test_a_reference_without_a_footnote_is_text() -> None:
    assert render("见[^1]").html == "<p>见[^1]</p>\n"


def test_footnotes_are_found_by_search_and_stay_text_in_talk() -> None:
    assert plain("见[^1]\n\n[^1]: 冷链手册") == "见\n冷链手册"
    assert render("见[^1]\n[^1]: 手册", talk=True).html == "<p>见[^1]<br>\n[^1]: 手册</p>\n"


def test_footnotes_of_two_comments_on_a_page_have_names_of_their_own() -> None:
    texts = ["甲[^1]\n\n[^1]: 一", "乙[^1]\n\n[^1]: 一"]
    names = [re.findall(r'<li id="([^"]+)"', render(text).html) for text in texts]
    assert names[0] and names[0] != names[1]


def test_plain_words_of_talk_keep_what_was_typed() -> None:
    assert plain(r"C:\_work\*.log 5*3*2", talk=True) == r"C:\_work\*.log 5*3*2"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("看 https://example.com/a，再说", [("https://example.com/a", "https://example.com/a")]),
        ("链接https://a.cn/x后面的话", [("https://a.cn/x", "https://a.cn/x")]),
        (
            "https://zh.wikipedia.org/wiki/北京，好",
            [("https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC", "https://zh.wikipedia.org/wiki/北京")],
        ),
        (
            "https://a.cn/s?q=冷库2号&p=1",
            [("https://a.cn/s?q=%E5%86%B7%E5%BA%932%E5%8F%B7&p=1", "https://a.cn/s?q=冷库2号&p=1")],
        ),
        ("http://例子.测试/路径", [("http://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF%E5%BE%84", "http://例子.测试/路径")]),
        ("地址以http://开头", []),
        ("（https://example.com/a）", [("https://example.com/a", "https://example.com/a")]),
        ("https://a.cn/a_b_c*d", [("https://a.cn/a_b_c*d", "https://a.cn/a_b_c*d")]),
        ("README.md 和 manage.py", []),
        ("www.example.com", [("http://www.example.com", "www.example.com")]),
        ("example.com/x", [("http://example.com/x", "example.com/x")]),
        ("看www.a.cn", [("http://www.a.cn", "www.a.cn")]),
        ("看www.a.cn和b.com/x", [("http://www.a.cn", "www.a.cn"), ("http://b.com/x", "b.com/x")]),
        ("[](https://a.cn)", [("https://a.cn", "https://a.cn")]),
    ],
)
@pytest.mark.parametrize("talk", [False, True])
def test_plain_addresses_are_links_everywhere(text: str, links: list[tuple[str, str]], talk: bool) -> None:
    html = render(text, talk=talk).html.replace("&amp;", "&")
    assert re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', html) == links


def test_addresses_with_nothing_but_chinese_between_them_are_all_found() -> None:
    assert render("看www.a.cn" * 900, talk=True).html.count('<a href="http://www.a.cn"') == 900


def test_a_link_in_words_is_not_linked_twice() -> None:
    assert render("[https://a.cn](https://b.cn)").html.count("<a ") == 1


EMOJI = [
    "👩\u200d💻",
    "👨\u200d👩\u200d👧",
    "🏳\ufe0f\u200d🌈",
    "👩🏽\u200d🚒",
    "🧔\u200d♂\ufe0f",
    "❤\ufe0f\u200d🔥",
    "می\u200cخواهم",
    "क्\u200dष",
]


@pytest.mark.parametrize("text", EMOJI)
def test_what_is_joined_stays_whole(text: str) -> None:
    assert without_invisibles(text) == text
    assert text in render(text, talk=True).html


@pytest.mark.parametrize(
    "hidden", ["ad\u200dmin", "管\u200c理员", "👩\u200dx", "a\u200d👩", "\u200d", "👩\u200d", "1\u200d2"]
)
def test_joiners_that_hide_something_go(hidden: str) -> None:
    assert without_invisibles(hidden) == hidden.replace("\u200d", "").replace("\u200c", "")


@given(st.text(alphabet=st.sampled_from("a管👩💻\u200d\u200c\u200b\ufe0fمی\u202e")))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    clean = without_invisibles(text)
    assert without_invisibles(clean) == clean


SWELLING = "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|a\n" * 2_000


def test_a_table_that_swells_is_text() -> None:
    assert len(render(SWELLING, html=True).html) < 2 * len(SWELLING) + 200_000
    assert "<td" not in render(SWELLING, html=True).html
    assert "<td" not in render(SWELLING, talk=True).html


def test_a_table_with_some_cells_left_out_is_a_table() -> None:
    assert render("|a|b|c|\n|-|-|-|\n|1|\n|2|\n").html.count("<td") == 6


@pytest.mark.parametrize("depth", [">", "- ", "> - "])
@pytest.mark.parametrize("talk", [False, True])
def test_what_is_nested_too_deep_is_shown_as_it_was_typed(depth: str, talk: bool) -> None:
    text = depth * 100 + " 底"
    assert "底" in render(text, talk=talk, html=not talk).html


def test_code_of_signs_in_talk_stays_small() -> None:
    text = "```c\n" + "(" * 7_900 + "\n```"
    assert len(render(text, talk=True).html) < 8 * len(text) + 20_000 * 6


def test_a_formula_of_several_lines_is_one_paragraph() -> None:
    assert as_written(render("$$\n\\leq a\n- b\n= c_1 * d_2 *\n$$\n后", html=True).html) == (
        "<p>$$\n\\leq a\n- b\n= c_1 * d_2 *\n$$</p>\n<p>后</p>\n"
    )


@pytest.mark.parametrize(
    "line",
    ["三号库 *急* [图]", "a**b**c", "~~x~~", "`x`", "[文](https://a.cn)", "<https://a.cn>", r"\\server\_x"],
)
def test_an_inert_line_is_shown_bold_as_a_whole(line: str) -> None:
    html = render(f"**{inert(line)}**", talk=True).html
    assert re.fullmatch(r"<p><strong>[^<]*(<a [^>]*>[^<]*</a>[^<]*)?</strong></p>\n", html), html
    assert html.count("<a ") == ("](https" in line or "<https" in line)


def test_tags_nested_by_the_thousand_are_shown_as_they_were_typed() -> None:
    assert render("<div>" * 5_000 + "文", html=True).html.startswith("<p>&lt;div&gt;")
    assert "<div>" in render("<div>\n\n文\n\n</div>\n" * 2_000, html=True).html
