"""What other programs put on the clipboard becomes a message that reads the same, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from zhiliu.kit.text.markdown import render

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "tests" / "knowledge" / "clipboard"
BUNDLE = ROOT / "tests" / "knowledge" / "editor" / "bundle.mjs"
pytestmark = pytest.mark.journey
Paste = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """A page with the message field's own code."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "rolldown").exists():
        pytest.skip("Node and the packages of package.json are needed: bin/setup test")
    script = tmp_path_factory.mktemp("message") / "pasting.mjs"
    source = "../../conversations/editor/pasting.ts"
    subprocess.run(["node", str(BUNDLE), source, str(script), "browser"], check=True, cwd=ROOT)
    opened: Page = browser.new_page()
    opened.add_script_tag(content=script.read_text(encoding="utf-8"), type="module")
    opened.wait_for_function("() => Boolean(window.pasteIntoMessage)")
    return opened


@pytest.fixture
def paste(page: Page) -> Paste:
    """paste("word_list.html"), paste(html=…) or paste(text=…): what is put into the field."""

    def answer(sample: str = "", html: str = "", text: str = "x") -> dict[str, Any]:
        content = (SAMPLES / sample).read_text(encoding="utf-8") if sample else ""
        kinds = {"text/plain": content if sample.endswith(".txt") else text}
        if sample.endswith(".html") or html:
            kinds["text/html"] = html or content
        told: dict[str, Any] = page.evaluate("kinds => pasteIntoMessage(kinds)", kinds)
        return told

    return answer


EXPECTED = {
    "word_list.html": "检修步骤：\n\n1. 断电\n1.1. 挂牌\n1.2. 验电\n2. 换**密封条**\n\n- 手套\n- 验电笔",
    "wps_list.html": "3. 先看表\n4. 再看阀",
    "word_raised.html": "每小时10³升，H₂O，面积12m²",
    "word_table.html": "部件 | 检查 项目 | 数量\n门|框 | 密封 | 2",
    "word_table_lists.html": "部件 | 检查 | 数量\n门 | 看密封 看铰链 | 2\n阀 | 1. 听声 2. 量温 | 7",
    "excel_merged.html": "三季度 |\n冷库 | 1,200",
    "excel_range.html": "单号 | 数量\nHT-2026-0815 | 7",
    "wechat_article.html": "**冷链三问**\n\n先看库门。\n\n[图片](https://mmbiz.qpic.cn/mmbiz_png/abc/640?wx_fmt=png&from=appmsg)",
    "feishu_doc.html": "**启动**\n\n```python\ndef 启动():\n    return 1\n```\n\n- ☑ 断电\n- ☐ 挂牌\n\n- 看表",
    "vscode.html": "```\ndef f():\n    return 1\n```",
    "browser_page.html": (
        "**What is new**\n\nSee the [notes](https://example.com/a) and top. H₂O\n\n"
        "- ☑ done\n- ☐ open\n\n```sh\nls -l\ncd ..\n```"
    ),
    "word_picture.html": "见图和手册。",
    "wps_picture.html": "铭牌：",
    "typora.txt": None,
    "excel.txt": "单号 | 数量\nHT-1 | 两 行",
}


@pytest.mark.parametrize("sample", EXPECTED)
def test_what_is_pasted_into_a_message(paste: Paste, sample: str) -> None:
    assert paste(sample)["text"] == EXPECTED[sample]


def test_every_sample_has_its_row() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>10<sup>−3</sup> 4<sup>th</sup> x<sub>n</sub></p>", "10⁻³ 4ᵗʰ xₙ"),
        ("<p>x<sup>β</sup> a<sub>max</sub> a<sub>冷凝</sub></p>", "x^β aₘₐₓ a_(冷凝)"),
        ("<p>见<sup><a href='https://a.example/n'>[1]</a></sup></p>", "见[1]"),
        ("<p>10<sup><b>3</b></sup></p>", "10³"),
        ('<p>约<math alttext="$10^3$"><msup><mn>10</mn><mn>3</mn></msup></math><sup>2</sup></p>', "约$10^3$²"),
        ("<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr></table>", "甲 | 1\n | 2"),
        ("<table><tr><td>甲</td><td></td><td>3</td></tr></table>", "甲 |  | 3"),
        ("<p>un<b>believ</b>able 和<b> 粗 </b>字</p>", "unbelievable 和 **粗** 字"),
        ("<p><a href='https://a.example/x'>a.example/x</a></p>", "https://a.example/x"),
        ("<p><a href='https://a.example/x'>@张三</a> 好<sup>2</sup></p>", "@张三 好²"),
        ("<ul><li>一<ul><li>二<ul><li>三</li></ul></li></ul></li></ul>", "- 一\n  - 二\n    - 三"),
        ("<ol><li>一</li><ol><li>甲</li></ol><li>二</li></ol>", "1. 一\n1.1. 甲\n2. 二"),
        ("<ul><li>一</li><ul><li>甲</li><ul><li>子</li></ul></ul><li>二</li></ul>", "- 一\n  - 甲\n    - 子\n- 二"),
        ("<ul><ul><li>甲</li></ul><li>一</li></ul>", "- 甲\n- 一"),
        ("<ol>先说<li>一</li><p>中间</p><b>粗</b>字<li>二</li>\n</ol>", "先说\n1. 一\n中间\n**粗**字\n2. 二"),
        ("<ul><div><li>一</li></div><li>二</li></ul>", "- 一\n- 二"),
        ("<ul><li>一<p>续</p></li></ul>", "- 一 续"),
        ("<ol><li>一</li><li value=7>二</li><li>三</li></ol>", "1. 一\n7. 二\n8. 三"),
        ("<ol reversed><li>一</li><li>二</li></ol>", "2. 一\n1. 二"),
        ("<table><caption>表一</caption><tr><td>甲</td></tr></table>", "表一\n\n甲"),
        (
            "<table><tr><td>外<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table></td><td>2</td></tr></table>",
            "外 甲 / 乙; 丙 | 2",
        ),
        ("<ul><li>一<table><tr><td>甲</td><td>1</td></tr></table></li></ul>", "- 一 甲 / 1"),
        ("<p><span style='text-decoration:line-through'>旧</span>新<strike>价</strike></p>", "~~旧~~新~~价~~"),
        ("<p style='text-decoration-line: underline line-through'>旧</p>", "~~旧~~"),
        ("<ul style='text-decoration:line-through'><li>甲<ul><li>乙</li></ul></li></ul>", "- ~~甲~~\n  - ~~乙~~"),
        ("<p><span style='font-weight:700'>粗</span>字</p>", "**粗**字"),
        ("<table><tr><td><code>a|b</code></td><td><pre>x = 1\ny</pre></td></tr></table>", "`a|b` | `x = 1` `y`"),
        ("<ul><li>一<pre>x</pre></li></ul>", "- 一 `x`"),
        ("<p>用 <code>a`b</code></p>", "用 ``a`b``"),
        ("<p><b>题</b></p><p>　　首段。</p>", "**题**\n\n　　首段。"),
        (
            "<div style='white-space:pre;font-family:monospace'><div>x = 1</div><br><div>x = 2</div></div>",
            "```\nx = 1\n\nx = 2\n```",
        ),
        ("<pre><div>a</div><div><br></div><div>b</div></pre>", "```\na\n\nb\n```"),
        ("<pre>a<br>b<br></pre>", "```\na\nb\n```"),
        ("<p>报<b>价</b><span style='display: none'>底价</span><i style='mso-hide:all'>底</i></p>", "报**价**"),
        ("<ul><li><label style='display:none'><input type=checkbox checked></label>完</li></ul>", "- ☑ 完"),
        ("<p><b>能</b><span style='display:none'><math alttext='x'><mi>x</mi></math></span></p>", "**能**$x$"),
        ("<p>报价<span style='display:none'>底价</span></p>", "报价"),
        ("<p><b>现</b><span hidden>底</span><span style='mso-hide:none'>价</span></p>", "**现**价"),
        (
            '<p><b>能</b>：<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>E</mi></mrow>'
            '<annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math></span>'
            '<span class="katex-html" aria-hidden="true"><span>E=mc2</span></span></span>。</p>',
            "**能**：$E=mc^2$。",
        ),
        (
            '<p><b>能</b>：<span class="katex"><span class="katex-html" aria-hidden="true">E=mc2</span></span>。</p>',
            "**能**：E=mc2。",
        ),
    ],
)
def test_what_html_says_is_kept(paste: Paste, html: str, text: str) -> None:
    assert paste(html=html)["text"] == text


@pytest.mark.parametrize("html", ["<p>只有字</p>", "<div style='color:red'>a</div><div>b</div>"])
def test_words_alone_stay_the_plain_text(paste: Paste, html: str) -> None:
    assert paste(html=html)["text"] is None


def test_a_picture_in_the_clipboard_becomes_a_file(paste: Paste) -> None:
    assert paste("wps_picture.html")["files"] == ["IMG_256.png"]


def test_a_picture_that_cannot_be_had_is_said(paste: Paste) -> None:
    assert paste("word_picture.html")["lost"] == 1


@pytest.mark.parametrize(
    ("sample", "shown"),
    [("word_list.html", "<strong>密封条</strong>"), ("feishu_doc.html", "<pre>"), ("wps_list.html", "3. 先看表")],
)
def test_what_is_pasted_is_shown_as_it_was_meant(paste: Paste, sample: str, shown: str) -> None:
    assert shown in render(paste(sample)["text"], talk=True).html
