"""What a comparison marks word by word, shows whole, or leaves out."""

from __future__ import annotations

import pytest

from zhiliu.knowledge import comparing
from zhiliu.knowledge.comparing import Piece, compare, page_diff, word_diff

EIGHT = [f"第{number}段" for number in range(8)]


def page(old: list[str], new: list[str], *, whole: bool = False) -> str:
    return page_diff("\n\n".join(old), "\n\n".join(new), whole=whole).replace("\n", "")


def paragraphs(*numbers: int) -> str:
    return "".join(f"<p>第{number}段</p>" for number in numbers)


GAP = '<span class="left-out">…</span>'
NEW = '<ins class="block"><p>新</p></ins>'


def test_between_the_top_and_a_change_only_the_nearest_block_is_shown() -> None:
    assert page(EIGHT, [*EIGHT, "新"]) == GAP + paragraphs(7) + NEW


def test_between_a_change_and_the_end_only_the_nearest_block_is_shown() -> None:
    assert page(EIGHT, ["新", *EIGHT]) == NEW + paragraphs(0) + GAP


def test_between_two_changes_the_blocks_beside_them_are_shown() -> None:
    assert page(EIGHT, ["新", *EIGHT, "新"]) == NEW + paragraphs(0) + GAP + paragraphs(7) + NEW


def test_three_blocks_that_are_alike_are_all_shown_and_of_four_some_are_left_out() -> None:
    assert page(EIGHT[:3], [*EIGHT[:3], "新"]) == paragraphs(0, 1, 2) + NEW
    assert page(EIGHT[:4], [*EIGHT[:4], "新"]) == GAP + paragraphs(3) + NEW


def test_all_of_a_text_is_shown_when_it_is_asked_for_or_nothing_differs() -> None:
    assert page(EIGHT, [*EIGHT, "新"], whole=True) == paragraphs(*range(8)) + NEW
    assert page(EIGHT, EIGHT) == paragraphs(*range(8))


def test_one_plain_block_against_two_is_shown_as_it_was_and_as_it_is() -> None:
    assert page(["甲", "乙"], ["丙"]) == (
        '<del class="block"><p>甲</p><p>乙</p></del><ins class="block"><p>丙</p></ins>'
    )


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        ("## 旧", "### 旧", '<h2 id="旧">旧</h2>', '<h3 id="旧">旧</h3>'),
        ("*旧*", "旧", "<p><em>旧</em></p>", "<p>旧</p>"),
        ("旧", "*旧*", "<p>旧</p>", "<p><em>旧</em></p>"),
    ],
)
def test_a_block_that_is_another_kind_now_is_not_marked_by_words(old: str, new: str, gone: str, come: str) -> None:
    assert page([old], [new]) == f'<del class="block">{gone}</del><ins class="block">{come}</ins>'


def test_a_mended_heading_stays_a_heading_of_its_level() -> None:
    assert page(["## 旧题"], ["## 新题"]) == "<h2><del>旧题</del><ins>新题</ins></h2>"


@pytest.mark.parametrize("other", [("别的", "一句", "文字"), ("题", "别的", "文字"), ("题", "一句", "别的")])
def test_states_are_the_same_only_with_title_claim_and_text(other: tuple[str, str, str]) -> None:
    state = ("题", "一句", "文字")
    assert compare(state, state).is_same
    assert not compare(state, other).is_same


def test_a_long_stretch_is_cut_beyond_360_characters() -> None:
    kept, cut = "长" * 359 + "。", "长" * 360 + "。"
    assert word_diff(kept + "甲。", kept + "乙。")[0] == Piece("=", kept)
    assert word_diff(cut + "甲。", cut + "乙。")[:2] == [Piece("…", ""), Piece("=", "长" * 119 + "。")]


def test_what_is_new_is_never_cut() -> None:
    assert word_diff("", "新" * 400) == [Piece("+", "新" * 400)]


def test_a_sentence_that_came_or_went_is_marked_whole() -> None:
    assert word_diff("甲。", "甲。乙。") == [Piece("=", "甲。"), Piece("+", "乙。")]
    assert word_diff("甲。乙。", "甲。") == [Piece("=", "甲。"), Piece("-", "乙。")]


def test_more_different_sentences_than_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_LAST", comparing._FIRST + 2)
    assert word_diff("甲。", "乙。") == [Piece("-", "甲。"), Piece("+", "乙。")]
    with pytest.raises(ValueError, match="more different words"):
        word_diff("甲。乙。", "丙。丁。")


def test_a_sentence_of_which_three_fifths_stayed_is_marked_by_words() -> None:
    assert word_diff("ab cd", "ab ef") == [Piece("=", "ab "), Piece("-", "cd"), Piece("+", "ef")]
    assert word_diff("a cdef", "a ghij") == [Piece("-", "a cdef"), Piece("+", "a ghij")]
