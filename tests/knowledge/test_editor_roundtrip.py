"""What the editor does not touch comes back byte for byte: checked on a real handbook nobody here wrote."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent / "editor"
ROOT = HERE.parent.parent.parent
PAGES = 60
Answers = Callable[[list[str]], list[dict[str, Any]]]


def _bundle(name: str, script: Path) -> None:
    subprocess.run(
        ["node", str(HERE / "bundle.mjs"), name, str(script)], check=True, cwd=ROOT, capture_output=True, text=True
    )


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """editor(texts) opens each text as the page does and says what became of it."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "rolldown").exists():
        pytest.skip("Node and the packages of package.json are needed: bin/setup test")
    script = tmp_path_factory.mktemp("editor") / "roundtrip.mjs"
    _bundle("roundtrip.ts", script)

    def ask(texts: list[str]) -> list[dict[str, Any]]:
        answer = subprocess.run(
            ["node", str(script)], input=json.dumps(texts), check=True, capture_output=True, text=True
        )
        found: list[dict[str, Any]] = json.loads(answer.stdout)
        return found

    return ask


@pytest.fixture(scope="session")
def handbook() -> list[str]:
    """Pages of the handbook, spread over all of it."""
    path = ROOT.parent / "shared" / "data" / "handbook-zh.zip"
    if not path.exists():
        pytest.skip("shared/data/handbook-zh.zip is not beside the project")
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".md"))
        step = max(1, len(names) // PAGES)
        return [archive.read(name).decode() for name in names[::step]]


def test_an_untouched_page_comes_back_byte_for_byte(editor: Answers, handbook: list[str]) -> None:
    assert len(handbook) >= PAGES
    for text, answer in zip(handbook, editor(handbook), strict=True):
        assert answer["same"], text[:200]


def test_changing_one_paragraph_changes_only_that_block(editor: Answers, handbook: list[str]) -> None:
    for answer in editor(handbook):
        edited = answer["edited"]
        if edited is None:
            continue
        before, after = answer["blocks"], edited["blocks"]
        assert after[edited["index"]] == "改过的一句"
        assert [block for place, block in enumerate(after) if place != edited["index"]] == [
            block for place, block in enumerate(before) if place != edited["index"]
        ]


def test_a_block_written_anew_means_the_same(editor: Answers, handbook: list[str]) -> None:
    answers = editor(handbook)
    total = sum(len(answer["blocks"]) for answer in answers)
    changed = [pair for answer in answers for pair in answer["changed"]]
    assert total > 2000
    assert len(changed) <= total * 0.005, changed[:5]


SAMPLES = {
    "front matter": "---\ntitle: 库门\ntags: [a, b]\n---\n\n# 题\n\n文\n",
    "tabs": '<Tabs>\n<Tab title="一">\n\n文字\n\n</Tab>\n</Tabs>\n',
    "container": ":::tip 注意\n先断电\n:::\n",
    "definition": "见[说明][1]。\n\n[1]: https://example.com/a_b\n",
    "no line break at the end": "一段",
    "many blank lines": "\n\n一段\n\n\n\n二段\n\n\n",
    "html in a line": "按 <kbd>Esc</kbd> 退出。\n",
    "setext": "题目\n====\n\n正文\n",
    "marks": "* 星号列表\n* 第二条\n\n1) 括号\n2) 编号\n\n***\n\n    缩进代码\n",
    "empty": "",
}


def _table(lead: str) -> str:
    return f"\n{lead}".join(["| 甲 | 乙 |", "| :--- | --- |", "| 1 | `a\\|b` |"])


INSIDE = {
    "loose": f"- 一\n\n  {_table('  ')}\n\n- 二",
    "tight": f"- 一\n  {_table('  ')}\n- 二",
    "at the start of an item": f"- {_table('  ')}\n- 二",
    "deep": f"1. 一\n   - 二\n     {_table('     ')}",
    "words behind it": f"- 一\n\n  {_table('  ')}\n\n  后",
    "quote": f"> 一\n>\n> {_table('> ')}",
    "code at the start": "- ```\n  x\n  ```\n- > 引",
    "a list from 7 on": "- 一\n\n  7. 二",
    "lists in a row": "- 一\n* 二\n\n1. 三\n\n1) 四",
}


@pytest.mark.parametrize("name", INSIDE)
def test_blocks_in_lists_and_quotes_open_and_are_written_anew_as_they_were(name: str, editor: Answers) -> None:
    (answer,) = editor([INSIDE[name]])
    assert (answer["same"], answer["opaque"], answer["changed"]) == (True, [], [])


@pytest.mark.parametrize("name", SAMPLES)
def test_other_ways_of_writing_come_back_as_they_were(name: str, editor: Answers) -> None:
    assert editor([SAMPLES[name]])[0]["same"]


def test_what_the_editor_cannot_show_is_kept_as_a_whole(editor: Answers) -> None:
    names = ("front matter", "tabs", "container", "definition", "html in a line")
    answers = dict(zip(names, editor([SAMPLES[name] for name in names]), strict=True))
    assert answers["front matter"]["opaque"] == ["---\ntitle: 库门\ntags: [a, b]\n---"]
    assert answers["tabs"]["opaque"] == ['<Tabs>\n<Tab title="一">', "</Tab>\n</Tabs>"]
    assert answers["container"]["opaque"] == [":::tip 注意\n先断电\n:::"]
    assert answers["definition"]["opaque"] == ["[1]: https://example.com/a_b"]
    assert answers["html in a line"]["opaque"] == ["按 <kbd>Esc</kbd> 退出。"]


def test_chinese_emphasis_is_read_as_the_server_reads_it(editor: Answers) -> None:
    from zhiliu.kit.text.markdown import render

    texts = ["**“重点”**后面", "前面**重点。**后面", "**加粗**和*着重*", "2*3*4 与 ** 空 **"]
    for text, answer in zip(texts, editor(texts), strict=True):
        assert answer["same"] and not answer["changed"]
        assert ("<strong>" in render(text).html) == ("**" in text and "空" not in text)


def test_one_word_changed_leaves_the_rest_of_the_source_as_it_was(
    handbook: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = tmp_path_factory.mktemp("editor") / "editing.mjs"
    _bundle("editing.ts", script)
    texts = [*handbook, *[(HERE / "everything.md").read_text(encoding="utf-8")] * 10]
    done = subprocess.run(["node", str(script)], input=json.dumps(texts), check=True, capture_output=True, text=True)
    edits = [edit for page in json.loads(done.stdout) for edit in page]
    assert [edit for edit in edits if not edit["reads"]] == []
    assert sum(edit["exact"] for edit in edits) >= 0.97 * len(edits)
