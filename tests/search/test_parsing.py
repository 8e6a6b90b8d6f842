"""What a search asks is read from how colleagues type."""

from __future__ import annotations

import pytest

from zhiliu.search.analysis import codes, folded, sounds, stem
from zhiliu.search.names import names_with_title, surname_of
from zhiliu.search.parsing import ParsedSearch, parse


def words(text: str) -> list[str]:
    return [word.text for word in parse(text).words]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("压缩机坏了怎么办", ["压缩机"]),
        ("如何申请工位", ["申请", "工位"]),
        ("年假怎么休", ["年假"]),
        ("食堂几点开饭", ["食堂", "开饭"]),
        ("请问有谁知道怎么报销吗？", ["报销"]),
        ("how do I reset the controller", ["reset", "controller"]),
        ("怎么", ["怎么"]),
        ("the", ["the"]),
    ],
)
def test_words_of_questions_say_nothing_unless_they_are_all(text: str, asked: list[str]) -> None:
    assert words(text) == asked


def test_characters_the_segmenter_cannot_place_help_but_are_not_asked_for() -> None:
    search = parse("烧了的压缩机")
    assert [word.text for word in search.words] == ["压缩机"]
    assert "烧" in search.helpers


@pytest.mark.parametrize("text", ["R-404A", "R404A", "r 404 a", "r.404.a", "Ｒ４０４Ａ", "r/404a"])
def test_a_code_is_one_word_however_it_is_written(text: str) -> None:
    assert [word.code for word in parse(text).words] == ["r404a"]


def test_a_minus_leaves_out_and_a_negative_number_does_not() -> None:
    assert parse("压缩机 -烧了").excluded == ("烧了",)
    assert parse("-烧了 压缩机").excluded == ("烧了",)
    cold = parse("低温 -35")
    assert (cold.excluded, words("低温 -35")[-1]) == ((), "低温")
    assert parse("check-list").excluded == ()


@pytest.mark.parametrize("text", ['"热风回流"', "“热风回流”", "「热风回流」", "『热风回流』", "＂热风回流＂"])
def test_quotation_marks_make_a_phrase(text: str) -> None:
    search = parse(f"{text} 压缩机")
    assert (search.phrases, [word.text for word in search.words]) == (("热风回流",), ["压缩机"])


def test_fixed_words_stay_whole() -> None:
    assert words("钱牧之化霜参数") != ["钱牧之", "化霜", "参数"]
    search = parse("钱牧之化霜参数", fixed=["钱牧之", "化霜"])
    assert [word.text for word in search.words] == ["钱牧之", "化霜", "参数"]


@pytest.mark.parametrize("text", ["", "   ", "。。。", "-", '""', "“”"])
def test_a_search_for_nothing_is_empty(text: str) -> None:
    assert parse(text).is_empty
    assert ParsedSearch().is_empty


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("报帐", "报账"),
        ("軟體帳號", "软体账号"),
        ("計畫部份", "计划部分"),
        ("其它图象", "其他图像"),
        ("登陆系统", "登录系统"),
        ("黏度", "粘度"),
    ],
)
def test_spellings_that_people_mix_are_one(written: str, standard: str) -> None:
    assert folded(written) == folded(standard)


@pytest.mark.parametrize(
    ("word", "other"), [("compressors", "compressor"), ("monitoring", "monitors"), ("tried", "try")]
)
def test_english_words_are_one_in_all_their_forms(word: str, other: str) -> None:
    assert stem(word) == stem(other)


def test_codes_lose_signs_and_blanks_and_plain_words_are_none() -> None:
    found = codes("r-404a 与 b-46、xr 200 和 plain words 以及 12")
    assert {"r404a", "b46", "xr200"} <= set(found)
    assert not {"plain", "words", "plainwords", "12"} & set(found)


def test_titles_sound_whole_and_by_initials() -> None:
    assert sounds("除霜参数 r404a") == ["chushuangcanshur404a", "cscsr"]


@pytest.mark.parametrize(
    ("name", "surname"), [("尹仲一", "尹"), ("欧阳春晓", "欧阳"), ("欧阳", "欧"), ("Anna Li", ""), ("阿卜杜拉江", "")]
)
def test_the_surname_of_a_name(name: str, surname: str) -> None:
    assert surname_of(name) == surname


def test_colleagues_are_addressed_by_surname_and_title() -> None:
    assert {"尹工", "尹总", "尹师傅", "老尹", "小尹"} <= set(names_with_title("尹仲一"))
    assert "欧阳老师" in names_with_title("欧阳春晓") and "老欧阳" not in names_with_title("欧阳春晓")
    assert names_with_title("Anna Li") == []
