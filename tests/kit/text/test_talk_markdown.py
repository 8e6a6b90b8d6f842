"""What a message shows, an article made of it shows too."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiliu.kit.text.markdown import render
from zhiliu.kit.text.talk_markdown import from_talk

CASES = json.loads((Path(__file__).parent / "markdown_cases.json").read_text(encoding="utf-8"))
SAID = [case["source"] for case in CASES if case["talk"] is not None]


def _shown(source: str, *, talk: bool) -> str:
    """What a page shows, but for white space between the tags and paragraphs with nothing in them."""
    html = re.sub(r' rel="[^"]*"| class="[^"]*"', "", render(source, talk=talk).html)
    return (
        re.sub(r"\s+", " ", re.sub(r"\s*(<(?!/?code)[^>]*>)\s*", r"\1", html))
        .replace("<p></p>", "")
        .replace(" </code>", "</code>")
        .strip()
    )


@pytest.mark.parametrize(
    "said",
    [
        *SAID,
        *(
            "一\n二\n\n三",
            "见 https://a.cn/a_b*c 与 `a_b*`",
            "- 一\n- 二_\n完",
            ">_<",
            "![x](https://a.cn)",
            "    四格",
        ),
        *(
            "* 甲\n* 乙",
            "- 甲\n* 乙",
            "- 甲\n  - 乙\n- 丙",
            "* 甲\n\n  乙",
            "- ```\n  x\n  ```",
            "- - -",
            "文\n- - -",
            "甲\n-",
        ),
        *(
            "**一\n二**",
            "> **一\n二**",
            "- **一\n二**",
            "甲**\n乙**",
            "***粗***",
            "**a **b** c**",
            "2**3",
            "~~旧\n价~~",
        ),
        *(
            "`a\nb`",
            "``a`b``",
            "```\n````x",
            "C:\\a\\\nb",
            "~~~\nx\n~~~",
            "a | b\n--- | ---\n1 | 2",
            "[a\nb]: /c",
            "[^1]: x",
        ),
        *(
            "看 https://a.cn\n好",
            "`www.a.cn",
            "www.a.cn```",
            "**https://a.cn/x***",
            '[a[b]](/x(y) "t")',
            "&amp; &lt;b>",
            "[](https://a.cn)[](https://b.cn)",
        ),
    ],
)
def test_what_was_said_shows_the_same_in_an_article(said: str) -> None:
    assert _shown(from_talk(said), talk=False) == _shown(said, talk=True)


def test_each_link_without_text_shows_its_own_address() -> None:
    shown = _shown("[](https://a.cn)[](https://b.cn)", talk=True)
    assert ">https://a.cn</a>" in shown and ">https://b.cn</a>" in shown


PIECES = [
    *(
        "*",
        "**",
        "***",
        "~~",
        "`",
        "``",
        "```",
        "```\n",
        "\n",
        "\n\n",
        "  ",
        "- ",
        "* ",
        "> ",
        "#",
        "1. ",
        "+ ",
        "_",
        "\\",
    ),
    *("!", "[", "]", "](https://a.cn)", "(b)", '](/x "t")', "<", "<b>", "&amp;", "$", "|", "---", "===", "- - -", "甲"),
    *("乙。", "（", "a", "b1", "https://a.cn/x", "www.a.cn", "a@b.cn", ":", "[^1]", "[^1]: ", "[a]: /b", "|-|-|", "“"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_whatever_was_said_shows_the_same_in_an_article(said: str) -> None:
    assert _shown(from_talk(said), talk=False) == _shown(said, talk=True)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("* 断电\n* 挂牌", "* 断电\n* 挂牌"),
        ("- 断电\n  - 挂牌\n- 验电", "- 断电\n  - 挂牌\n- 验电"),
        ("**先断电\n再挂牌**", "**先断电\\\n再挂牌**"),
        ("第一天\n- - -", "第一天\\\n\\- - -"),
        ("5*3 和 a_b_c，见 https://a.cn/x。", "5\\*3 和 a_b_c，见 https://a.cn/x。"),
        ("```sh\nls\n```\n好[微笑]", "```sh\nls\n```\n\n好[微笑]"),
    ],
)
def test_it_is_written_as_people_write_it(said: str, written: str) -> None:
    assert from_talk(said) == written


def test_what_is_nested_too_deep_keeps_all_of_its_words() -> None:
    said = "> " * 70 + "底"
    assert _shown(from_talk(said), talk=False) == _shown(said, talk=True)
