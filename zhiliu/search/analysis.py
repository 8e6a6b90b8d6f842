"""How texts become the terms of the index, and searches the same terms.

Folding (``kit.text.chinese_text``), variant spellings, word stems, pairs of Chinese characters, and sequences of three
characters inside codes and inside the pinyin of titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from operator import add
from typing import Any

from zhiliu.kit.text.chinese_text import normalise
from zhiliu.kit.text.pinyin_tables import pypinyin

from .variants import standard_spelling

HAN_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")
_WORD = re.compile(r"\w")
# Letters and digits joined by the signs that part numbers are written with: r-404a, gb/t 9237.
_JOINED = re.compile(r"[a-z0-9]+(?:[-./_][a-z0-9]+)*")
# The same written with blanks: r 404 a, gb 18030.
_SPACED = re.compile(r"(?<![a-z0-9])[a-z]{1,4} \d+[a-z]{0,2}(?: [a-z]{1,2}(?![a-z0-9]))?")
_DIGIT = re.compile(r"[0-9]")
_SEPARATORS = re.compile(r"[-./_ ]")
# A phrase of sequences never runs from one code into the next: these two stand between them.
_BREAK = ["\u241f", "\u241f"]
SHORTEST_CODE = 3
MOST_CODES = 2000
LONGEST_TITLE = 80
# What is spoken: each Chinese character, each run of letters and digits.
_SPOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[a-z0-9]+")


def folded(text: str) -> str:
    """Return ``text`` folded for search: as :func:`normalise` does, and in the standard spelling."""
    return standard_spelling(normalise(text))


def terms(text: str) -> list[str]:
    """Return the search terms of folded text: words, the parts of long ones after them, English words as stems."""
    import rjieba

    return [
        stem(word) if word.isascii() else word
        for word in rjieba.cut_for_search(text)
        # Most words are alphanumeric, and ``isalnum`` is ten times faster than the pattern.
        if word.isalnum() or _WORD.search(word)
    ]


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a lower-case English word; anything with a digit stays as it is."""
    return str(_stemmer().stemWord(word)) if word.isalpha() else word


def pairs(text: str) -> Iterator[str]:
    """Yield every pair of neighbouring Chinese characters of folded text."""
    for run in HAN_RUN.findall(text):
        yield from map(add, run, run[1:])


def pattern_of(text: str) -> str:
    """Return the pattern of folded text inside folded text; Latin words only as whole words, also beside Chinese."""
    return rf"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9])" if text.isascii() else re.escape(text)


def codes(text: str) -> list[str]:
    """Return the codes and numbers of folded text, without signs and blanks: R-404A gives r404a."""
    if not _DIGIT.search(text):
        return []
    written = [code for code in _JOINED.findall(text) if not code.isalpha()]
    joined = (_SEPARATORS.sub("", code) for code in [*written, *_SPACED.findall(text)])
    return [code for code in joined if len(code) >= SHORTEST_CODE][:MOST_CODES]


def triples(strings: Iterable[str]) -> list[str]:
    """Return every three neighbouring characters of each string, with a break after each string."""
    found: list[str] = []
    for string in strings:
        found += triples_of(string)
        found += _BREAK
    return found


def triples_of(string: str) -> list[str]:
    """Return every three neighbouring characters."""
    return [string[start : start + 3] for start in range(len(string) - 2)]


def sounds(title: str) -> list[str]:
    """Return the pinyin of a folded title without blanks, and its initials; letters stand for themselves."""
    syllables = [syllable for _span, syllable in pronounced(title)]
    return ["".join(syllables), "".join(syllable[0] for syllable in syllables)]


def pronounced(title: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield start and end of each Chinese character and each run of letters of a folded title, with its sound."""
    import rjieba

    end = 0
    for word in rjieba.cut(title[:LONGEST_TITLE]):
        start, end = end, end + len(word)
        spoken = [match.span() for match in _SPOKEN.finditer(word)]
        for (first, last), syllable in zip(spoken, _syllables(word), strict=False):
            yield (start + first, start + last), syllable


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> list[str]:
    """Cached: titles share most of their words."""
    return list(pypinyin().lazy_pinyin(word, errors=_letters))


def _letters(other: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", other)
