"""The editor reads what the page reads, and what it writes the page shows as the writer saw it."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.kit.text.formulas import as_written
from tests.kit.text.test_formulas import MONEY
from zhiliu.kit.text.markdown import render

HERE = Path(__file__).resolve().parent / "editor"
ROOT = HERE.parent.parent.parent
CASES = json.loads((ROOT / "tests" / "kit" / "text" / "markdown_cases.json").read_text(encoding="utf-8"))
Run = tuple[str, list[str]]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """ask(read=texts, write=lines) of the editor's own code."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "rolldown").exists():
        pytest.skip("Node and the packages of package.json are needed: bin/setup test")
    script = tmp_path_factory.mktemp("editor") / "rules.mjs"
    subprocess.run(["node", str(HERE / "bundle.mjs"), "rules.ts", str(script)], check=True, cwd=ROOT)

    def answer(read: Sequence[str] = (), write: Sequence[list[Run]] = (), grow: Sequence[str] = ()) -> dict[str, Any]:
        asked = json.dumps({"read": read, "write": write, "grow": grow})
        done = subprocess.run(["node", str(script)], input=asked, check=True, capture_output=True, text=True)
        answers: dict[str, Any] = json.loads(done.stdout)
        return answers

    return answer


def test_the_editor_reads_by_the_table(ask: Ask) -> None:
    cases = [case for case in CASES if case["article"] is not None]
    for case, html in zip(cases, ask(read=[case["source"] for case in cases])["read"], strict=True):
        assert html.strip().replace("<hr />", "<hr>").replace("<br />", "<br>") == case["article"], case["name"]


@pytest.mark.parametrize("text", [*MONEY, "其中$x_1*a*b$是$y$常数", "a$x$ 和 _$x$_", "$x，$y$"])
def test_the_editor_takes_for_a_formula_what_the_page_does(ask: Ask, text: str) -> None:
    (read,) = ask(read=[text])["read"]
    assert read.replace("&quot;", '"') == as_written(render(text).html).replace("&quot;", '"')


STRANGE = [
    "****粗****",
    "**a **b** c**",
    "*_x_*",
    "**__x__**",
    "~~a ~~b~~ c~~",
    "***a** b*",
    "[![图](a.png)](https://a.cn)",
    "# [![图](a.png)](https://a.cn) 题",
    "!!! note\n\n    里面\n\n    ```\n    code\n    ```\n\n后面",
    "??? warning\n    里面",
    ":::tip\n里面\n:::",
    "> [!NOTE]\n> 注意",
    "行内 $a_1*b*c$ 公式",
    "$$\n\\leq\n- b\n$$",
    "见[^1]\n\n[^1]: 注\n\n    第二段",
    "[来源]: 年度报告",
    "**粗\\\n换行** 后",
    "- a\n\n  1. b\n     - [ ] c",
    "> > 深\n> 浅",
    "|a|b|\n|-|\n",
    "<div>\n\n文\n\n</div>",
    "![",
    "[" * 50,
    "**" * 40,
    "`" * 9,
    "- " * 30,
    "> " * 30 + "x",
    "\t代码\n",
    "&nbsp;&lt;b&gt;",
    "\u0000",
]


def test_every_text_opens_and_comes_back(ask: Ask) -> None:
    assert [text for text, same in zip(STRANGE, ask(read=STRANGE)["opens"], strict=True) if not same] == []


OUTSIDE = ["", "汉", "a", "1", "（", "”", "(", '"', "。", " ", "-", "𠮷", "👩"]
INSIDE = ["汉字", "ab", "（推荐）", "“旧价”", "(x)", '"y"', "【必填】", "-1", "*", "$a$", "<b>", "a_b", "👩‍💻"]
MARKS = [["bold"], ["italic"], ["strike"], ["bold", "italic"], ["bold", "strike"]]


def _one_marked() -> list[list[Run]]:
    kinds = itertools.product(OUTSIDE, INSIDE, OUTSIDE, MARKS)
    return [[run for run in ((left, []), (words, marks), (right, [])) if run[0]] for left, words, right, marks in kinds]


def _several_marked() -> list[list[Run]]:
    choose = random.Random(5)
    words = [*OUTSIDE[1:], *INSIDE]
    some = [[], [], ["bold"], ["italic"], ["strike"], ["bold", "italic"], ["bold", "italic", "strike"]]
    return [[(choose.choice(words), choose.choice(some)) for _ in range(choose.randint(2, 6))] for _ in range(3000)]


class _Runs(HTMLParser):
    NAMES = {"strong": "bold", "em": "italic", "s": "strike"}

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[str] = []
        self.shown: list[tuple[str, frozenset[str]]] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.NAMES:
            self.marks.append(self.NAMES[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in self.NAMES:
            self.marks.remove(self.NAMES[tag])

    def handle_data(self, data: str) -> None:
        self.shown += [(character, frozenset(self.marks)) for character in data]


def _letters(shown: list[tuple[str, frozenset[str]]]) -> list[tuple[str, frozenset[str]]]:
    """White space has no marks to be seen."""
    return [(character, marks) for character, marks in shown if not character.isspace()]


def _on_page(source: str) -> list[tuple[str, frozenset[str]]]:
    page = _Runs()
    page.feed(as_written(render(source, html=True).html))
    return _letters(page.shown)


@pytest.mark.parametrize("lines", [_one_marked(), _several_marked()], ids=["one mark", "several marks"])
def test_whatever_the_editor_writes_the_page_shows(ask: Ask, lines: list[list[Run]]) -> None:
    wrong = []
    for runs, answer in zip(lines, ask(write=lines)["write"], strict=True):
        wanted = _letters([(character, frozenset(marks)) for words, marks in runs for character in words])
        if not answer["same"] or _on_page(answer["markdown"]) != wanted:
            wrong.append((runs, answer))
    assert wrong[:8] == [], len(wrong)


TABLE = "| 名称   | 数量 |\n|:-------|-----:|\n| 压缩机 |    1 |\n| 阀     |   22 |\n"


def test_another_row_or_item_leaves_the_others_as_they_were(ask: Ask) -> None:
    table, stars, brackets = ask(grow=[TABLE, "* 一\n* 二\n  续\n* 三\n", "1) 一\n2) 二\n3) 三\n"])["grow"]
    assert table == [
        "| 名称   | 数量 |\n|:-------|-----:|\n| 压缩机 |    1 |\n| 压缩机 | 1 |\n| 阀     |   22 |\n",
        "| 名称   | 数量 |\n|:-------|-----:|\n| 阀     |   22 |\n",
    ]
    assert stars == ["* 一\n* 二\n  续\n* 二续\n* 三\n", "* 一\n* 三\n"]
    assert brackets == ["1) 一\n2) 二\n3) 二\n4) 三\n", "1) 一\n2) 三\n"]
