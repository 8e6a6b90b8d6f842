"""Chinese text: folding, segmentation, pinyin, and basic matching.

Folding is NFKC, lower case and traditional to simplified (OpenCC t2s); words come from rjieba; readings from pypinyin.
Search and the line breaks of titles use the same segmenter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .pinyin_tables import pypinyin

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w", re.UNICODE)
# Joined emoji (a woman, a joiner, a computer) and Arabic and Indian scripts need U+200C and U+200D; elsewhere these
# only hide something.
_PICTURES = (
    r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b00-\u2bff"
    r"\U0001f000-\U0001faff"
)
_JOINING = r"\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af"
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
    rf"|\u200c(?!(?<=[{_JOINING}]\u200c)[{_JOINING}])"
    rf"|\u200d(?!(?<=[{_PICTURES}\ufe0f]\u200d)[{_PICTURES}]|(?<=[{_JOINING}]\u200d)[{_JOINING}])"
)
MAX_READINGS = 12


@cache
def _t2s() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """Return the characters that OpenCC changes."""
    blocks = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2A6E0))
    characters = [chr(code) for block in blocks for code in block]
    # In one go, a character a line: a thousand times fewer calls.
    simplified = str(_t2s().convert("\n".join(characters))).split("\n")
    return frozenset(old for old, new in zip(characters, simplified, strict=True) if old != new)


def normalise(text: str) -> str:
    """Return ``text`` folded for comparison: NFKC, lower case, simplified characters."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).lower()
    # Most texts have no traditional character, and looking for one is ten times faster than converting.
    return folded if _traditional().isdisjoint(folded) else str(_t2s().convert(folded))


def words(text: str) -> list[str]:
    """Return the words of ``text`` for search, folded; long words are followed by their parts."""
    import rjieba

    # Most words are alphanumeric, and ``isalnum`` is ten times faster than the pattern.
    return [word for word in rjieba.cut_for_search(normalise(text)) if word.isalnum() or _WORD.search(word)]


@lru_cache(maxsize=4096)
def breakable(text: str) -> SafeString:
    """Return ``text`` as HTML with ``<wbr>`` between words, so that titles break between words and not within them."""
    import rjieba

    parts: list[str] = []
    for word in rjieba.cut(text):
        if parts and _WORD.search(word) and _HAN.search(word + parts[-1]):
            parts.append("<wbr>")
        parts.append(str(escape(word)))
    return mark_safe("".join(parts))  # noqa: S308


def has_han(text: str) -> bool:
    """Return True if ``text`` contains a Chinese character."""
    return bool(_HAN.search(text))


def common_share(text: str) -> float:
    """Return the share of its Chinese characters that are common: simplified, in the first level (3,755) of GB 2312."""
    characters = _HAN.findall(normalise(text))
    common = sum(b"\xb0" <= character.encode("gb2312", "ignore")[:1] <= b"\xd7" for character in characters)
    return common / len(characters) if characters else 0.0


def without_invisibles(text: str) -> str:
    """Return ``text`` without control, zero-width and direction-override characters.

    Newlines and tabs stay, and joiners where a script or an emoji needs them.
    """
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def readings(name: str) -> list[str]:
    """Return every pinyin reading of a name, without tones or spaces, likeliest first, at most :data:`MAX_READINGS`.

    The default reading of a surname is often wrong (单 shan, 仇 qiu, 曾 zeng), so all are kept.
    """
    return list(_readings(name))


@lru_cache(maxsize=20_000)
def _readings(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_combined(_syllables(name, "NORMAL"))))


def _combined(syllables: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the first combinations of one option per syllable."""
    return map("".join, islice(product(*[options for options in syllables if options]), MAX_READINGS))


def _syllables(text: str, style: str) -> list[tuple[str, ...]]:
    """Return every reading of each syllable, folded. Text without any word of several characters uses a cache per
    character.
    """
    if len(text) <= 5 and not _is_made_of_words(text) and all(map(_HAN.fullmatch, text)):
        return [_read(character, style) for character in text]
    return [_folded(options) for options in _pinyin(text, style)]


def _is_made_of_words(text: str) -> bool:
    """Return True if the text contains a word of several characters with a reading of its own."""
    phrases, length = pypinyin().constants.PHRASES_DICT, len(text)
    return any(text[start:end] in phrases for start in range(length) for end in range(start + 2, length + 1))


@lru_cache(maxsize=16_000)
def _read(character: str, style: str) -> tuple[str, ...]:
    return _folded(_pinyin(character, style)[0])


def _folded(readings: Iterable[str]) -> tuple[str, ...]:
    return tuple(normalise(reading) for reading in readings if reading.strip())


def _pinyin(text: str, style: str) -> list[list[str]]:
    errors = _letters if style == "NORMAL" else _first_letters
    return list(pypinyin().pinyin(text, style=pypinyin().Style[style], heteronym=True, errors=errors))


def _letters(other: str) -> Any:
    """Return text that is not Chinese as written."""
    return [["".join(other.split())]]


def _first_letters(other: str) -> Any:
    """Return the first letter of each word of text that is not Chinese."""
    return [["".join(word[0] for word in other.split())]]


def initials(name: str) -> list[str]:
    """Return the initials of a name in every reading: 单雄 gives dx, sx, cx."""
    letters = (sorted(set(options)) for options in _syllables(name, "FIRST_LETTER"))
    return sorted(dict.fromkeys(_combined(letters)))


def toned(name: str) -> str:
    """Return a name's pinyin with tones, as shown beside it: hé miáo."""
    return " ".join(pypinyin().lazy_pinyin(name, style=pypinyin().Style.TONE))


def _split(other: str) -> Any:
    """Return one syllable per word of text that is not Chinese."""
    return other.split()


def tails(text: str) -> list[str]:
    """Return pinyin and initials of ``text`` from its second syllable on, its third, and so on; other words as
    written.
    """
    read = pypinyin().lazy_pinyin(text, style=pypinyin().Style.NORMAL, errors=_split)
    syllables = [normalise(syllable) for syllable in read]
    ends = [syllables[start:] for start in range(1, len(syllables))]
    return ["".join(end) for end in ends] + ["".join(word[:1] for word in end) for end in ends]
