"""Excerpts of a text around what was searched for, with the hits marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .analysis import folded, pattern_of, pronounced, stem
from .parsing import ParsedSearch

LENGTH = 110
_MARKED = 500
_LATIN_WORD = re.compile(r"[a-z]+")
# What may stand between the characters of a code: r 404-a is marked for R404A.
_BETWEEN = r"[-./_ ]?"

Span = tuple[int, int]


class Highlighter:
    """Marks what a text has of a search: its words, their other spellings and forms, and the synonyms of them."""

    def __init__(self, search: ParsedSearch) -> None:
        self._search = search

    def snippet(self, text: str, length: int = LENGTH) -> SafeString:
        """Return about ``length`` characters of ``text`` around the densest hits, with ``<mark>``."""
        flat = " ".join(text.split())
        start = _densest(flat, list(self._spans(flat)), length)
        piece = self.highlighted(flat[start : start + length])
        return mark_safe(("…" if start else "") + piece + ("…" if start + length < len(flat) else ""))  # noqa: S308

    def title(self, text: str) -> SafeString:
        """Return a title as HTML with its hits marked; without any, what sounds like the search (pinyin, initials)."""
        return _with_marks(text, list(self._spans(text)) or list(self._sounding(text)))

    def highlighted(self, text: str) -> SafeString:
        """Return ``text`` as HTML with every hit marked."""
        return _with_marks(text, self._spans(text))

    def _spans(self, text: str) -> Iterator[Span]:
        """Yield start and end of the hits in the unfolded text, in order."""
        if self._pattern is None:
            return
        comparable, position_of = _with_positions(text)
        found = [hit.span() for hit in self._pattern.finditer(comparable)][:_MARKED]
        if self._stems:
            words = _LATIN_WORD.finditer(comparable)
            found += [word.span() for word in words if stem(word[0]) in self._stems][:_MARKED]
        for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
            yield position_of(start), position_of(end - 1) + 1

    def _sounding(self, title: str) -> Iterator[Span]:
        """Yield the part of a title whose pinyin, or the initials of it, are the letters of the search."""
        if not self._search.letters:
            return
        comparable, position_of = _with_positions(title)
        syllables = list(pronounced(comparable))
        for sounds in ([sound for _span, sound in syllables], [sound[0] for _span, sound in syllables]):
            start = "".join(sounds).find(self._search.letters)
            if start >= 0:
                spans = [span for (span, _sound), sound in zip(syllables, sounds, strict=True) for _letter in sound]
                first, last = spans[start], spans[start + len(self._search.letters) - 1]
                yield position_of(first[0]), position_of(last[1] - 1) + 1
                return

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(word.term for word in self._search.words if word.text.isascii())

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """The pattern of everything that is marked, longer texts first."""
        codes = [_BETWEEN.join(map(re.escape, word.code)) for word in self._search.words if word.code]
        texts = sorted(self._texts(), key=len, reverse=True)[:40]
        synonyms = [pattern_of(synonym) for group in self._search.synonyms.values() for synonym in group]
        patterns = [*codes, *map(re.escape, texts), *synonyms]
        return re.compile("|".join(patterns)) if patterns else None

    def _texts(self) -> list[str]:
        search = self._search
        texts = [search.whole, *search.phrases, *(word.text for word in search.words)]
        texts += [part for word in search.words for part in word.parts] if not search.phrases else []
        return [text for text in dict.fromkeys(texts) if len(text) > 1 or len(search.whole) == 1]


def _with_marks(text: str, spans: Iterable[Span]) -> SafeString:
    """Return ``text`` as HTML with ``<mark>`` around the spans; of overlapping ones the first counts."""
    parts = []
    position = 0
    for start, end in spans:
        if start >= position:
            parts += [escape(text[position:start]), "<mark>", escape(text[start:end]), "</mark>"]
            position = end
    return mark_safe("".join([*parts, escape(text[position:])]))  # noqa: S308


def _with_positions(text: str) -> tuple[str, Any]:
    """Return the folded text, and a function from the positions of its characters to those of ``text``."""
    comparable = folded(text)
    # Characters with separate accents become shorter, which could hide that others became longer.
    if len(comparable) == len(text) and unicodedata.is_normalized("NFC", text):
        return comparable, lambda position: position
    # Folding changed the length (full-width fractions, ligatures): character by character, with their places.
    pieces = [folded(character) for character in text]
    places = [place for place, piece in enumerate(pieces) for _character in piece]
    return "".join(pieces), lambda position: places[position]


def _densest(text: str, spans: list[Span], length: int) -> int:
    starts = [start for start, _end in spans][:_MARKED]
    if not starts or len(text) <= length:
        return 0
    best = max(starts, key=lambda start: sum(start <= other < start + length for other in starts))
    return max(0, best - 16)
