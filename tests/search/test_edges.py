"""Where searching begins and ends: shortest codes and pinyin, what is marked, and an index that is not there."""

from __future__ import annotations

from typing import Any

import pytest

from zhiliu.activity.consumers import entries_after
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.search_documents import SearchDocument
from zhiliu.needs.voicing import voice_need
from zhiliu.search import index
from zhiliu.search.analysis import stem, terms
from zhiliu.search.highlighting import Highlighter
from zhiliu.search.index import find
from zhiliu.search.indexing import index_changes
from zhiliu.search.parsing import parse


def test_only_english_words_become_stems() -> None:
    assert terms("compressors 冷媒 r404s") == ["compressor", "冷媒", "r404s"]
    assert [stem(word) for word in ("is", "as", "r404s", "ties")] == ["is", "as", "r404s", "tie"]


@pytest.mark.parametrize(("text", "letters"), [("cs", ""), ("csc", "csc"), ("cs cs", "cscs"), ("cs2", "")])
def test_pinyin_begins_with_three_letters(text: str, letters: str) -> None:
    assert parse(text).letters == letters


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("404", [("404", (), "404")]),
        ("b4", [("b4", (), "")]),
        ("r-404a", [("r404a", ("404a", "r-404a"), "r404a")]),
    ],
)
def test_a_code_of_several_parts_is_known_whole_and_by_them(text: str, words: list[Any]) -> None:
    assert [(word.text, word.parts, word.code) for word in parse(text).words] == words


def test_characters_beside_a_stop_word_are_no_word() -> None:
    parsed = parse("年的假")
    assert ([word.text for word in parsed.words], parsed.helpers) == (["年", "假"], ())
    assert "" not in parse("热风在哪的").helpers


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("热风回流", "<mark>热风</mark>在这里，<mark>回流</mark>在那里"),
        ('"热风回流"', "热风在这里，回流在那里"),
        ("风", "热<mark>风</mark>在这里，回流在那里"),
        ("热风 里", "<mark>热风</mark>在这里，回流在那里"),
    ],
)
def test_parts_of_words_are_marked_and_single_characters_only_alone(query: str, marked: str) -> None:
    assert Highlighter(parse(query)).highlighted("热风在这里，回流在那里") == marked


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("版本升级", "5 台<mark>升级</mark>到新<mark>版本</mark>，看盘管"),
        ('"看盘管" 版本升级', "5 台升级到新版本，<mark>看盘管</mark>"),
        ("盘管 5", "5 台升级到新版本，看<mark>盘管</mark>"),
        ("5", "<mark>5</mark> 台升级到新版本，看盘管"),
    ],
)
def test_a_phrase_is_marked_whole_and_without_one_the_parts(query: str, marked: str) -> None:
    assert Highlighter(parse(query)).highlighted("5 台升级到新版本，看盘管") == marked


@pytest.mark.parametrize(
    ("title", "query", "marked"),
    [
        ("除霜参数 R404A", "chushuang", "<mark>除霜</mark>参数 R404A"),
        ("除霜参数 R404A", "csc", "<mark>除霜参</mark>数 R404A"),
        ("除霜参数 R404A", "cscsr", "<mark>除霜参数 R404A</mark>"),
        ("【庫溫】報警½行长说", "hangzhang", "【庫溫】報警½<mark>行长</mark>说"),
        ("【庫溫】報警½行长说", "gangzhang", "【庫溫】報警½行长说"),
        ("除霜 chushuang", "chushuang", "除霜 <mark>chushuang</mark>"),
    ],
)
def test_of_a_title_what_sounds_like_the_search_is_marked(title: str, query: str, marked: str) -> None:
    highlighter = Highlighter(parse(query))
    assert highlighter.title(title) == marked
    assert ("<mark>" in highlighter.highlighted(title)) == (query in title)


def test_marks_stand_right_where_folding_changes_the_length() -> None:
    assert Highlighter(parse("除霜")).highlighted("ﬁlm ½ 除霜") == "ﬁlm ½ <mark>除霜</mark>"
    assert Highlighter(parse("除霜")).highlighted("ﬁlm ½ 除霜。") == "ﬁlm ½ <mark>除霜</mark>。"


def test_a_short_text_is_shown_from_its_beginning() -> None:
    text = "先看别的，" * 6 + "再看除霜"
    for length in (len(text), len(text) + 5):
        assert Highlighter(parse("除霜")).snippet(text, length).startswith("先看")
    assert Highlighter(parse("除霜")).snippet(text, len(text) - 1).startswith("…")


def test_a_snippet_shows_where_most_hits_are() -> None:
    text = "除霜" + "，别的事情" * 60 + "除霜参数，除霜周期，除霜结束" + "，还有别的" * 60
    shown = Highlighter(parse("除霜")).snippet(text)
    assert shown.count("<mark>除霜</mark>") == 3
    assert Highlighter(parse("除霜")).snippet("除霜，别的").startswith("<mark>除霜</mark>")


def _write(*texts: str) -> None:
    index.write([SearchDocument("article", key, text, "", ["employees"]) for key, text in enumerate(texts, start=1)])


@pytest.mark.django_db
def test_parts_that_leave_something_out_do_not_stand_for_the_word() -> None:
    _write("人民的共和国，华人在中华", "中华人民共和国")
    assert [hit.key for hit in find("中华人民共和国", keys=["employees"]).hits] == [2]


@pytest.mark.django_db
def test_a_similar_text_shares_a_word_at_least() -> None:
    _write("除霜", "年会")
    long = "除霜 冷凝 膨胀 压缩 蒸发 制冷"
    assert [hit.key for hit in find(long, keys=["employees"]).hits] == []
    assert [hit.key for hit in find(long, keys=["employees"], alike=True).hits] == [1]


@pytest.mark.django_db
def test_asking_without_an_index_makes_none_and_the_next_change_builds_all(
    community: Community, wang: Person, catch_up: Any
) -> None:
    voice_need(community, title="微漏怎么找", by=wang)
    catch_up()
    index.remove_documents()
    assert find("微漏", keys=["employees"]).hits == []
    assert not index.exists()
    index_changes(entries_after(0, 1))
    assert index.exists()
    assert index.index().searcher().num_docs > 1
