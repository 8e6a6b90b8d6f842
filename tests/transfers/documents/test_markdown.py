"""Markdown documents: encodings, front matter, titles, links, and files that list the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiliu.kit.text.markdown import render
from zhiliu.transfers.documents.bundle import NotTaken
from zhiliu.transfers.documents.contents import contents_tree
from zhiliu.transfers.documents.markdown import End, decode, paths_of, read_markdown, relink, without_template_marks

TEXT = "# 标题\n\n“正文”，㊙。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_that_occur(encoding: str) -> None:
    assert decode(TEXT.replace("\n", "\r\n").encode(encoding)) == TEXT


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"a\0b", b"\xfe\xffa"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NotTaken, match="no_text"):
        decode(content)


@pytest.mark.parametrize(
    ("text", "title", "summary", "body"),
    [
        ("---\ntitle: 先看\nsummary: 三处\n---\n\n# 别的\n\n正文\n", "先看", "三处", "正文\n"),
        ("---\n标题: 先看\n描述: 三处\n---\n正文\n", "先看", "三处", "正文\n"),
        ("---\ntitle: 2026-11-24\n---\n正文\n", "2026-11-24", "", "正文\n"),
        ("<!-- x -->\n\n# `a` **b** <span>c</span> {#own}\n\n正文\n", "a b c", "", "正文\n"),
        ("---\n没有结束\n\n正文\n", "页", "", "---\n没有结束\n\n正文\n"),
        ("---\na: [\n---\n\n正文\n", "页", "", "---\na: [\n---\n\n正文\n"),
        ("## 二级\n\n正文\n", "页", "", "## 二级\n\n正文\n"),
    ],
)
def test_title_and_summary_come_from_front_matter_heading_or_name(
    text: str, title: str, summary: str, body: str
) -> None:
    markdown_document = read_markdown(text.encode(), "a/页.md")
    assert (markdown_document.title, markdown_document.summary, markdown_document.markdown) == (title, summary, body)


@pytest.mark.parametrize(
    ("text", "below", "anchors"),
    [
        ("# 配置 `a`\n\n## 配置 `a`\n\n甲\n", "## 配置 `a` {#配置-a-1}\n\n甲\n", {"配置-a", "配置-a-1"}),
        ("# 甲\n\n乙\n\n## 甲 ##\n\n甲\n---\n", "乙\n\n## 甲 {#甲-1}\n\n甲 {#甲-2}\n---\n", {"甲", "甲-1", "甲-2"}),
        ("# 甲\n\n## 甲-1\n\n## 甲\n", "## 甲-1\n\n## 甲 {#甲-2}\n", {"甲", "甲-1", "甲-2"}),
        ("# 甲\n\n```\n## 甲\n```\n", "```\n## 甲\n```\n", {"甲"}),
        ("# 甲\n\n## 甲 {#own}\n", "## 甲 {#own}\n", {"甲", "own"}),
        ("# 甲 {#own}\n\n## 甲\n", "## 甲\n", {"own", "甲"}),
        ("# 甲\n\n> ## 甲\n", "> ## 甲 {#甲-1}\n", {"甲", "甲-1"}),
        ("# 甲乙\n\n## 甲\n\n甲乙在正文\n", "## 甲\n\n甲乙在正文\n", {"甲乙", "甲"}),
    ],
)
def test_a_heading_named_like_the_title_keeps_the_anchor_it_had_below_it(
    text: str, below: str, anchors: set[str]
) -> None:
    markdown_document = read_markdown(text.encode(), "a.md")
    assert markdown_document.markdown == below
    assert markdown_document.anchors() == anchors
    shown = {heading.anchor for heading in render(markdown_document.markdown, html=True).headings}
    assert shown | {markdown_document.top} == anchors


@pytest.mark.parametrize(("text", "code"), [("", "empty"), ("# 只有标题\n", "empty"), ("字" * 400_001, "too_long")])
def test_empty_and_endless_documents_are_refused(text: str, code: str) -> None:
    with pytest.raises(NotTaken, match=code):
        read_markdown(text.encode(), "a.md")


SOURCE = """[a](x.md) ![图](p.png "题") [[1]](x.md#注) [![图](p.png)](x.md) [尖](<x y.md>) [括](x(1).md)

`[代码](x.md)` ``[也是`](x.md)`` <a href="x.md">标签</a> <img src='p.png' alt="图"/> [定][d]

[d]: x.md "题"

```md
[围栏](x.md)
```

- 项

  ~~~
  [缩进围栏](x.md)
  ~~~

<!-- [注释](x.md) -->
"""


def test_links_get_new_ends_and_code_stays() -> None:
    def resolve(end: str, picture: bool) -> End | None:
        return End("/files/1/") if picture else End(f"/articles/1/{'#注' if '#' in end else ''}")

    assert (
        relink(SOURCE, resolve)
        == """[a](/articles/1/) ![图](/files/1/ "题") [[1]](/articles/1/#注) [![图](/files/1/)](/articles/1/) """
        """[尖](/articles/1/) [括](/articles/1/)

`[代码](x.md)` ``[也是`](x.md)`` <a href="/articles/1/">标签</a> <img src="/files/1/" alt="图"/> [定][d]

[d]: /articles/1/ "题"

```md
[围栏](x.md)
```

- 项

  ~~~
  [缩进围栏](x.md)
  ~~~

<!-- [注释](x.md) -->
"""
    )


def test_links_to_nothing_become_their_words_and_pictures_from_elsewhere_links() -> None:
    gone = relink("[字](x.md) ![图](p.png) <img src='p.png' alt='二'>", lambda _end, _picture: End(None))
    assert gone == "字 图 二"
    far = relink("![图](p.png) ![](p.png)", lambda _end, _picture: End("https://x/p.png", shows=False))
    assert far == "[图](https://x/p.png) [https://x/p.png](https://x/p.png)"


def test_tags_keep_their_words_and_pictures_from_elsewhere_become_links() -> None:
    link = '<a class="x" href="x.md">字</a>'
    assert relink(link, lambda _end, _picture: End(None)) == '<a class="x" href="#">字</a>'
    assert relink(link, lambda _end, _picture: End("/y", shows=False)) == '<a class="x" href="/y">字</a>'
    for picture, text in (('<img src="p.png" alt="图">', "图"), ("<img src='p.png'>", "https://x/p.png")):
        far = relink(picture, lambda _end, _picture: End("https://x/p.png", shows=False))
        assert far == f'<a href="https://x/p.png">{text}</a>'


@given(st.text(alphabet="[]()!`~<>#\\ \n\"'a中/.:-=*href", max_size=200))
def test_any_text_with_links_left_alone_comes_back_as_it_was(text: str) -> None:
    assert relink(text, lambda _end, _picture: None) == text


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "`" * 50_000, "[a](" * 20_000, "```\n" * 20_000, "<img " * 20_000, "` `` " * 9_000]
)
@pytest.mark.timeout(20)
def test_no_text_takes_forever(text: str) -> None:
    assert relink(text, lambda _end, _picture: None) == text


@pytest.mark.parametrize(
    ("end", "paths", "anchor"),
    [
        ("b.md#x", ["r/a/b.md"], "#x"),
        ("../b.md", ["r/b.md"], ""),
        ("/b.md", ["r/b.md", "b.md"], ""),
        ("./%E4%BA%8C.md?raw=1", ["r/a/二.md"], ""),
        ("../../../etc/passwd", [], ""),
        ("/../../etc/passwd", [], ""),
    ],
)
def test_ends_are_paths_inside_or_nothing(end: str, paths: list[str], anchor: str) -> None:
    assert paths_of(end, "r/a/c.md", "r/") == (paths, anchor)


def test_files_of_contents_draw_the_tree_and_the_main_one_counts() -> None:
    main = "# 目录\n\n- [封面](/index.md)\n\n## 部署\n\n"
    main += "- 规划\n  - [机房](/dc.md)\n    - [电](/power.md)\n- [升级](/up.md)\n"
    other = "# 目录\n\n## 入门\n\n- [机房](/dc.md)\n- [连接](/connect.md)\n"
    pages = ["r/index.md", "r/dc.md", "r/power.md", "r/up.md", "r/connect.md", "r/x/y/alone.md"]
    tree = contents_tree([("r/TOC.md", main), ("r/TOC-develop.md", other)], pages, "r/")
    assert tree.folder_of == {
        "r/index.md": (),
        "r/dc.md": ("部署", "规划", "机房"),
        "r/power.md": ("部署", "规划", "机房"),
        "r/up.md": ("部署",),
        "r/connect.md": ("develop", "入门"),
        "r/x/y/alone.md": ("x", "y"),
    }
    assert tree.folders == [("部署", "规划", "机房"), ("部署",), ("develop", "入门"), ("x", "y")]


def test_footnotes_and_chinese_behind_a_name_are_no_links() -> None:
    text = "见[^b]与[^1]。\n\n[^b]: v8.0 起支持\n[^1]: [标题](https://a.cn)\n\n[来源]: 年度报告\n[版本]: v8.0\n"
    seen: list[str] = []
    assert relink(text, lambda end, _picture: seen.append(end)) == text
    assert seen == ["https://a.cn"]


def test_links_inside_of_footnotes_get_new_ends() -> None:
    assert relink("[^1]: 见[甲](a.md)\n", lambda _end, _picture: End("/a/")) == "[^1]: 见[甲](/a/)\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('前\n\n{{< copyable "sql" >}}\n\n后', "前\n\n\n后"),
        ("{{% notice %}}说明{{% /notice %}}", "说明"),
        ("由 {{{ .company }}} 提供", "由 company 提供"),
        ("写 `{{{ .company }}}` 即可", "写 `{{{ .company }}}` 即可"),
        ("```\n{{< tab >}}\n```", "```\n{{< tab >}}\n```"),
        ("模板 {{ x }} 和 {% y %}", "模板 {{ x }} 和 {% y %}"),
    ],
)
def test_marks_of_documentation_tools_are_left_out_but_not_in_code(text: str, expected: str) -> None:
    assert without_template_marks(text) == expected


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("用 `SELECT` **查** [手册](a.md)", "用 SELECT 查 手册"),
        ("{{{ .company }}} 的说明", "company 的说明"),
        ("字" * 250, "字" * 199 + "…"),
        ("ab " * 65 + "abcdefgh tail", ("ab " * 65).strip() + "…"),
        ("字" * 195 + "configuration", "字" * 195 + "…"),
    ],
)
def test_a_summary_is_plain_and_cut_at_a_word(summary: str, expected: str) -> None:
    found = read_markdown(f'---\nsummary: "{summary}"\n---\n# T\n\nx\n'.encode(), "a.md").summary
    assert found == expected and len(found) <= 200


def test_many_comments_above_a_title_that_does_not_come_hold_nobody_up() -> None:
    markdown_document = read_markdown(b"<!-- a -->\n" * 5_000 + b"x\n", "a.md")
    assert markdown_document.title == "a"
    assert read_markdown("<!-- a -->\n<!-- b -->\n# 题目\n\nx\n".encode(), "b.md").title == "题目"
