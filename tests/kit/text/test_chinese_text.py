"""Chinese text."""

from __future__ import annotations

from zhiliu.kit.text.chinese_text import breakable, initials, normalise, readings, without_invisibles, words


def test_traditional_full_width_and_capitals_fold_together() -> None:
    assert normalise("冷庫ＡＢＣ") == "冷库abc"


def test_every_reading_of_a_surname_is_known() -> None:
    assert {"shanxiong", "danxiong"} <= set(readings("单雄"))
    assert {"qiuyiming", "chouyiming"} & set(readings("仇一鸣"))
    assert "dx" in initials("单雄")
    assert "sx" in initials("单雄")


def test_words_are_found_inside_longer_words() -> None:
    assert "压缩机" in words("压缩机异响怎么判断")


def test_titles_break_between_words_only() -> None:
    html = breakable("被拿来比价时，怎么把话题拉回来<b>")
    assert "<wbr>" in html
    assert "&lt;b&gt;" in html
    assert "话<wbr>题" not in html


def test_direction_overrides_and_zero_width_characters_go() -> None:
    assert without_invisibles("a\u202eb\u200bc\x00d\r\ne") == "abcd\ne"
    assert without_invisibles("👩🏽🙂𠮷") == "👩🏽🙂𠮷"


def test_names_that_are_not_chinese_are_read_as_written() -> None:
    assert readings("Tom Lee") == ["tomlee"]
    assert initials("Tom Lee") == ["tl"]
    assert "annwang" in readings("Ann王")
