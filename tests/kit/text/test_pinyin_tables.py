"""The small table of phrases says what pypinyin's own says."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from zhiliu.kit.text.pinyin_tables import Phrases, pypinyin

ROOT = Path(__file__).resolve().parents[3]


def test_every_phrase_and_every_beginning_is_as_in_the_table_of_the_package() -> None:
    spec = find_spec("pypinyin")
    assert spec is not None and spec.origin is not None
    own = json.loads(Path(spec.origin).with_name("phrases_dict.json").read_text(encoding="utf-8"))
    table = pypinyin().constants.PHRASES_DICT
    assert isinstance(table, Phrases) and len(table) == len(own)
    assert all(table[phrase] == readings for phrase, readings in own.items())
    beginnings = pypinyin().seg.mmseg.seg._prefix_set
    assert all(phrase[:end] in beginnings for phrase in own for end in range(1, len(phrase) + 1))


def test_what_is_no_phrase_is_not_found() -> None:
    table = pypinyin().constants.PHRASES_DICT
    for text in ("", "朝", "朝阳门外", "龘龘", "zz"):
        assert text not in table
        with pytest.raises(KeyError):
            table[text]
    assert table["朝阳"] == [["zhāo", "cháo"], ["yáng"]]
    assert table.begins("一不") and not table.begins("一不龘")


def test_phrases_decide_the_reading() -> None:
    assert pypinyin().lazy_pinyin("重庆的银行很重要") == ["chong", "qing", "de", "yin", "hang", "hen", "zhong", "yao"]


def test_nobody_loads_the_package_with_its_own_table() -> None:
    sources = [path for path in (ROOT / "zhiliu").rglob("*.py") if path.name != "pinyin_tables.py"]
    found = [path for path in sources if re.search(r"^\s*(from|import) pypinyin", path.read_text(), re.MULTILINE)]
    assert found == []
