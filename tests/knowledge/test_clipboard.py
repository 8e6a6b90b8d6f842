"""What other programs put on the clipboard becomes the Markdown a writer would expect, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
pytestmark = pytest.mark.journey
Paste = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """A page with the editor's own code."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "rolldown").exists():
        pytest.skip("Node and the packages of package.json are needed: bin/setup test")
    script = tmp_path_factory.mktemp("editor") / "pasting.mjs"
    subprocess.run(
        ["node", str(HERE / "editor" / "bundle.mjs"), "pasting.ts", str(script), "browser"], check=True, cwd=ROOT
    )
    opened: Page = browser.new_page()
    opened.add_script_tag(content=script.read_text(encoding="utf-8"), type="module")
    opened.wait_for_function("() => Boolean(window.paste)")
    return opened


@pytest.fixture
def paste(page: Page) -> Paste:
    """paste("word_list.html"), paste(html=…) or paste(text=…): what became of it."""

    def answer(sample: str = "", text: str = "", mode: str = "", html: str = "") -> dict[str, Any]:
        content = (HERE / "clipboard" / sample).read_text(encoding="utf-8") if sample else ""
        kinds = (
            {"text/html": content, "text/plain": text or "x"}
            if sample.endswith(".html")
            else {"text/plain": content or text}
        )
        if html:
            kinds = {"text/html": html, "text/plain": "x"}
        if mode:
            kinds["vscode-editor-data"] = f'{{"version": 1, "mode": "{mode}"}}'
        told: dict[str, Any] = page.evaluate("kinds => paste(kinds)", kinds)
        return told

    return answer


EXPECTED = {
    "word_list.html": "检修步骤：\n\n1. 断电\n   1. 挂牌\n   2. 验电\n2. 换**密封条**\n\n- 手套\n- 验电笔\n",
    "wps_list.html": "3. 先看表\n4. 再看阀\n",
    "word_raised.html": "每小时10<sup>3</sup>升，H<sub>2</sub>O，面积12m<sup>2</sup>\n",
    "word_table.html": "| 部件 | 检查<br>项目 | 数量 |\n| --- | --- | --- |\n| 门\\|框 | 密封 | 2 |\n",
    "word_table_lists.html": (
        "<table>\n<tr><td>部件</td><td>检查</td><td>数量</td></tr>\n"
        "<tr><td>门</td><td><p>看密封</p><p>看铰链</p></td><td>2</td></tr>\n"
        "<tr><td>阀</td><td><ol><li><p>听声</p></li><li><p>量温</p></li></ol></td><td>7</td></tr>\n</table>\n"
    ),
    "excel_merged.html": (
        '<table>\n<tr><td colspan="2">三季度</td></tr>\n<tr><td>冷库</td><td>1,200</td></tr>\n</table>\n'
    ),
    "excel_range.html": "| 单号 | 数量 |\n| --- | --- |\n| HT-2026-0815 | 7 |\n",
    "wechat_article.html": "**冷链三问**\n\n先看库门。\n\n![图片](/files/7/picture/)\n",
    "feishu_doc.html": ("## 启动\n\n```python\ndef 启动():\n    return 1\n```\n\n- [x] 断电\n- [ ] 挂牌\n\n* 看表\n"),
    "vscode.html": "```\ndef f():\n    return 1\n```\n",
    "browser_page.html": (
        "## What is new\n\nSee the [notes](https://example.com/a) and top. H<sub>2</sub>O\n\n"
        "- [x] done\n- [ ] open\n\n```sh\nls -l\ncd ..\n```\n"
    ),
    "word_picture.html": "见图和手册。\n",
    "wps_picture.html": "铭牌：![IMG_256](/files/7/picture/)\n",
    "typora.txt": "# 标题\n\n- 一\n  - 二\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n\n```sh\nls\n```\n",
    "excel.txt": "| 单号 | 数量 |\n| --- | --- |\n| HT-1 | 两<br>行 |\n",
}


@pytest.mark.parametrize("sample", EXPECTED)
def test_what_is_pasted_into_an_article(paste: Paste, sample: str) -> None:
    assert paste(sample)["markdown"].rstrip("\n") == EXPECTED[sample].rstrip("\n")


KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><mi>E</mi>'
    '<annotation encoding="application/x-tex">E=mc^2</annotation></math></span>'
    '<span class="katex-html" aria-hidden="true">E=mc2</span></span>'
)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<ol><li>一</li><ol><li>甲</li></ol><li>二</li></ol>", "1. 一\n   1. 甲\n2. 二"),
        (
            "<div style='white-space:pre;font-family:monospace'><div>x = 1</div><br><div>x = 2</div></div>",
            "```\nx = 1\n\nx = 2\n```",
        ),
        ("<p>报价<span style='display:none'>底价</span><b style='mso-hide:all'>底</b></p>", "报价"),
        (f"<p>能：{KATEX}。</p>", "能：$E=mc^2$。"),
        ("<p>__init__ *x* `ls` **粗** ~~旧~~</p>", r"\_\_init\_\_ \*x\* \`ls\` \*\*粗\*\* \~\~旧\~\~"),
        ("<p># 一</p><p>- 减</p><p>1. 数</p><p>&gt; 引</p>", "\\# 一\n\n\\- 减\n\n1\\. 数\n\n\\> 引"),
        ("<ul><li># 一</li><li><b>粗</b> __init__</li></ul>", "- \\# 一\n- **粗** \\_\\_init\\_\\_"),
        ("<p>　　首段。</p><p>　　二段。</p>", "　　首段。\n\n　　二段。"),
        ("<ol><li>一</li><li value=7>二</li><li>三</li></ol>", "1. 一\n\n7) 二\n8) 三"),
        ("<ol start=3 reversed><li>一</li><li>二</li></ol>", "3. 一\n\n2) 二"),
        ("<ol start=x><li>一</li></ol>", "1. 一"),
        ("<ol><li>一<ol start=4><li>甲</li></ol></li></ol>", "1. 一\n\n   4. 甲"),
        ("<ul><li>一</li></ul><ul><li>二</li></ul>", "- 一\n\n* 二"),
        ("<p style='text-decoration-line:line-through'>旧</p>", "~~旧~~"),
        ("<ul><li>一<table><tr><td>甲</td></tr></table></li></ul>", "- 一\n  | 甲 |\n  | --- |"),
    ],
)
def test_what_html_says_comes_into_an_article(paste: Paste, html: str, markdown: str) -> None:
    assert paste(html=html)["markdown"].rstrip() == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<table><caption>表一</caption><tr><td>甲</td></tr></table>", "表一\n\n| 甲 |\n| --- |"),
        (
            "<table><caption>表一</caption><tr><td colspan=2>甲</td></tr></table>",
            '表一\n\n<table>\n<tr><td colspan="2">甲</td></tr>\n</table>',
        ),
        (
            "<table><tr><td>外<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table></td></tr></table>",
            "<table>\n<tr><td>外<p>甲 / 乙</p><p>丙 / 丁</p></td></tr>\n</table>",
        ),
        (
            "<table><tr><td><code>a|b</code></td><td><pre>ls</pre></td></tr></table>",
            "| `a\\|b` | `ls` |\n| --- | --- |",
        ),
        (
            "<table><tr><td><pre>if a:\n  b</pre></td></tr></table>",
            "<table>\n<tr><td><pre><code>if a:&#10;  b</code></pre></td></tr>\n</table>",
        ),
        (
            "<table><tr><td><s>旧</s><i style='text-decoration:line-through'>价</i></td></tr>"
            "<tr><td><p>一</p><p>二</p></td></tr></table>",
            "<table>\n<tr><td><s>旧</s><em><s>价</s></em></td></tr>\n<tr><td><p>一</p><p>二</p></td></tr>\n</table>",
        ),
        (
            "<ul><li>一<table><tr><td colspan=2>甲</td></tr></table></li></ul>",
            '- 一\n\n  <table>\n  <tr><td colspan="2">甲</td></tr>\n  </table>',
        ),
    ],
)
def test_tables_keep_all_of_their_words(paste: Paste, html: str, markdown: str) -> None:
    assert paste(html=html)["markdown"].rstrip() == markdown


def test_every_sample_has_its_row() -> None:
    assert {path.name for path in (HERE / "clipboard").iterdir()} == set(EXPECTED)


def test_a_picture_of_another_host_is_fetched(paste: Paste) -> None:
    assert paste("wechat_article.html")["asked"] == ["https://mmbiz.qpic.cn/mmbiz_png/abc/640?wx_fmt=png&from=appmsg"]


def test_a_picture_in_the_clipboard_is_uploaded(paste: Paste) -> None:
    assert paste("wps_picture.html")["asked"] == ["IMG_256.png"]


def test_a_picture_of_the_writers_device_is_said_to_be_missing(paste: Paste) -> None:
    assert paste("word_picture.html")["lost"] == [""]


def test_a_picture_that_cannot_be_fetched_stays_a_link(paste: Paste) -> None:
    told = paste(text="# 图\n\n![铭牌](https://a.example/gone.png)")
    assert told["markdown"].rstrip() == "# 图\n\n[铭牌](https://a.example/gone.png)"
    assert told["lost"] == ["gone"]


def test_undoing_once_leaves_the_words_as_they_were_pasted(paste: Paste) -> None:
    assert paste(text="# 标题\n\n- 一\n- 二")["undone"] == "# 标题\n\n- 一\n- 二"


@pytest.mark.parametrize("text", ["价格 - 含税", "1. 只有一行", "a*b*c = d", "见 C:\\Users\\a\\b.txt", "一\t二"])
def test_words_that_only_look_a_little_like_markdown_stay_words(paste: Paste, text: str) -> None:
    assert paste(text=text)["undone"] == ""


def test_code_from_an_editor_keeps_its_language_and_indent(paste: Paste) -> None:
    told = paste("vscode.html", text="def f():\n    return 1", mode="python")
    assert told["markdown"].rstrip() == "```python\ndef f():\n    return 1\n```"


def test_markdown_from_an_editor_is_read(paste: Paste) -> None:
    assert paste("vscode.html", text="## 题\n\n文", mode="markdown")["markdown"].rstrip() == "## 题\n\n文"


@pytest.mark.parametrize(("kinds", "taken"), [({"text/plain": "HT-1\t7"}, 0), ({}, 1), ({"text/plain": " \n"}, 1)])
def test_words_beside_a_picture_win_in_a_message(page: Page, kinds: dict[str, str], taken: int) -> None:
    assert page.evaluate("kinds => takenIntoMessage(kinds)", kinds) == taken


def test_one_begins_to_write_in_the_first_cell_of_a_new_table(page: Page) -> None:
    assert page.evaluate("tableTyped()").startswith("| 单号 |  |  |\n| --- | --- | --- |\n")
