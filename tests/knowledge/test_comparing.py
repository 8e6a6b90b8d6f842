"""Two states of an article are compared as pages, and after a conflict only one's own changes are put below."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from zhiliu.knowledge.blocks import blocks_of, theirs_with_my_changes
from zhiliu.knowledge.comparing import compare, page_diff
from zhiliu.knowledge.drafting import save_draft
from zhiliu.knowledge.models import Article

BASE = "## 当时\n\n雨夜，三号库门开着。\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n\n- 一\n- 二\n"


def test_a_text_falls_into_its_blocks() -> None:
    text = "---\nx: 1\n---\n\n# 题\n正文\n续行\n\n- 一\n\n- 二\n\n```\na\n\nb\n```\n\n[1]: https://a.cn\n"
    assert blocks_of(text) == [
        "---\nx: 1\n---",
        "# 题",
        "正文\n续行",
        "- 一\n\n- 二",
        "```\na\n\nb\n```",
        "[1]: https://a.cn",
    ]


def test_a_mended_sentence_is_marked_by_words_inside_its_block() -> None:
    shown = page_diff(BASE, BASE.replace("三号库", "四号库"), whole=True)
    assert "<p>雨夜，" in shown and "<del>" in shown and "<ins>" in shown
    assert "<table>" in shown and "##" not in shown and "| ---" not in shown


def test_a_changed_block_with_marks_is_shown_as_it_was_and_as_it_is() -> None:
    shown = page_diff(BASE, BASE.replace("| 1 | 2 |", "| 1 | 3 |"), whole=True)
    gone, new = shown.index('<del class="block">'), shown.index('<ins class="block">')
    assert "<td>2</td>" in shown[gone:new] and "<td>3</td>" in shown[new:]


def test_the_first_version_is_shown_without_marks() -> None:
    shown = compare(("", "", ""), ("题", "一句", BASE), whole=True)
    assert "<ins" not in shown.title + shown.claim + shown.text
    assert "<table>" in shown.text


def test_what_stands_far_from_a_change_is_left_out() -> None:
    many = "\n\n".join(f"第{number}段" for number in range(30))
    shown = page_diff(many, f"{many}\n\n新的一段", whole=False)
    assert "第29段" in shown and "第5段" not in shown and "left-out" in shown


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))"]
)
def test_no_comparison_runs_what_is_written(text: str) -> None:
    shown = page_diff("前", f"前\n\n{text}", whole=True)
    assert "<script" not in shown and "onerror" not in shown.replace("&lt;img src=x onerror", "")
    assert 'href="javascript' not in shown


def test_only_my_changes_are_put_below_theirs() -> None:
    theirs = BASE.replace("三号库", "四号库")
    mine = BASE.replace("- 一\n- 二", "- 一\n- 二\n- 三") + "\n我补的一段。\n"
    merged = theirs_with_my_changes(theirs, mine, [BASE])
    assert merged == theirs.rstrip() + "\n\n- 一\n- 二\n- 三\n\n我补的一段。\n"


@pytest.mark.django_db
def test_the_form_puts_only_my_changes_below(article: Article, browse: Any, wang: Any, lin: Any) -> None:
    start = article.draft_markdown
    save_draft(article, title="题", claim="", markdown=start + "\n他补的一段。\n", by=wang, version=article.version)
    sent = {"title": "题", "claim": "", "markdown": start + "\n我补的一段。\n", "version": article.version}
    answer = browse(wang).post(reverse("knowledge:edit", args=[article.pk]), {**sent, "settle": "below"})
    assert answer.context["form"]["markdown"].value() == start.rstrip() + "\n\n他补的一段。\n\n我补的一段。\n"
