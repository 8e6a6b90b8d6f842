"""Keywords of a text. They are shown as evidence, so they must make sense to readers."""

from __future__ import annotations

from zhiliu.kit.text.chinese_text import words

# Words that titles share without being related.
_COMMON = {
    *("怎么", "怎样", "如何", "哪些", "哪几", "哪里", "哪样", "什么", "几个", "几样", "时候", "已经", "可以", "没有"),
    *("之前", "以前", "以后", "客户", "我们", "经理", "分钟", "问题", "办法"),
}
_NUMBERS = "零一二三四五六七八九十百千两半几第0123456789"


def keywords_of(text: str) -> set[str]:
    """Return words of two letters or more, without numbers and common title words."""
    return {word for word in words(text) if len(word) > 1 and word[0] not in _NUMBERS} - _COMMON
