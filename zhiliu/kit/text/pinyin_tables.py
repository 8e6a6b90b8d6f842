"""pypinyin with its table of phrases in a twentieth of the memory: one text and a few numbers for each phrase.

pypinyin keeps a list of lists for each of 47,000 phrases, and every beginning of each in a set: 45 MB in each process.
``python -m bench.rest`` shows the difference. The plain way is to import pypinyin without this module.
"""

from __future__ import annotations

import json
import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_PHRASE = re.compile(r'"([^"]+)"\s*:\s*')


class Phrases:
    """The readings of phrases, as pypinyin asks for them. Sorted, so that a phrase is found by halving.

    Args:
        readings: by phrase; the readings of a phrase one for each character.
    """

    def __init__(self, readings: Iterator[tuple[str, str]]) -> None:
        entries = sorted(readings)
        self._phrases = "".join(phrase for phrase, _syllables in entries)
        self._starts = array("I", [0])
        for phrase, _syllables in entries:
            self._starts.append(self._starts[-1] + len(phrase))
        # Most phrases share their syllables with others.
        self._syllables: list[str] = sorted({syllable for _phrase, line in entries for syllable in line.split(" ")})
        number = {syllable: place for place, syllable in enumerate(self._syllables)}
        self._numbers = array("H", (number[syllable] for _phrase, line in entries for syllable in line.split(" ")))
        self._first: dict[str, int] = {}
        for place, (phrase, _line) in enumerate(entries):
            self._first.setdefault(phrase[0], place)
        self._ends = dict(zip(self._first, [*list(self._first.values())[1:], len(entries)], strict=True))

    def __contains__(self, phrase: str) -> bool:
        place = self._place(phrase)
        return place < len(self) and self._at(place) == phrase

    def __getitem__(self, phrase: str) -> list[list[str]]:
        place = self._place(phrase)
        if place == len(self) or self._at(place) != phrase:
            raise KeyError(phrase)
        numbers = self._numbers[self._starts[place] : self._starts[place + 1]]
        return [self._syllables[number].split(",") for number in numbers]

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[str]:
        return map(self._at, range(len(self)))

    def copy(self) -> Phrases:
        """Return the same: nobody adds phrases."""
        return self

    def keys(self) -> tuple[str, ...]:
        """Return nothing to train a segmenter with: :class:`Beginnings` knows the phrases."""
        return ()

    def begins(self, text: str) -> bool:
        """Return True if a phrase begins with ``text``."""
        place = self._place(text)
        return place < len(self) and self._at(place).startswith(text)

    def _place(self, text: str) -> int:
        """Return the place of the first phrase that is not before ``text``."""
        begin = self._first.get(text[:1])
        if begin is None:
            return len(self)
        return bisect_left(range(len(self)), text, begin, self._ends[text[0]], key=self._at)

    def _at(self, place: int) -> str:
        return self._phrases[self._starts[place] : self._starts[place + 1]]


class Beginnings:
    """The beginnings of all phrases, as pypinyin's segmenter asks for them."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def __contains__(self, text: str) -> bool:
        return self._phrases.begins(text)


@cache
def pypinyin() -> Any:
    """Return the package, loaded with the small table. Always load it through this."""
    if "pypinyin" not in sys.modules:
        table = ModuleType("pypinyin.phrases_dict")
        table.phrases_dict = Phrases(_entries())  # type: ignore[attr-defined]
        sys.modules["pypinyin.phrases_dict"] = table
    import pypinyin
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.seg import mmseg

    if isinstance(PHRASES_DICT, Phrases):
        mmseg.seg._prefix_set = Beginnings(PHRASES_DICT)
    return pypinyin


def _entries() -> Iterator[tuple[str, str]]:
    """Yield each phrase with its syllables, without holding all of the parsed file."""
    spec = find_spec("pypinyin")
    assert spec is not None and spec.origin is not None
    text = Path(spec.origin).with_name("phrases_dict.json").read_text(encoding="utf-8")
    decode = json.JSONDecoder().raw_decode
    for phrase in _PHRASE.finditer(text):
        readings, _end = decode(text, phrase.end())
        yield phrase[1], " ".join(",".join(options) for options in readings)
