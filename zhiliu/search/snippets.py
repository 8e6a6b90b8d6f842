"""Excerpts of a text around the search terms, with the hits marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from zhiliu.kit.text.chinese_text import words

LENGTH = 110


def snippet(text: str, query: str, length: int = LENGTH) -> SafeString:
    """Return about ``length`` characters of ``text`` around the densest hits of ``query``, with ``<mark>``."""
    flat = " ".join(text.split())
    pattern = _pattern(query)
    start = _densest(flat, pattern, length) if pattern else 0
    piece = flat[start : start + length]
    return mark_safe(("…" if start else "") + highlighted(piece, query) + ("…" if start + length < len(flat) else ""))  # noqa: S308


def highlighted(text: str, query: str) -> SafeString:
    """Return ``text`` as HTML with every hit of ``query`` marked."""
    pattern = _pattern(query)
    if pattern is None:
        return escape(text)
    parts = []
    position = 0
    for hit in pattern.finditer(text):
        parts += [escape(text[position : hit.start()]), "<mark>", escape(hit.group()), "</mark>"]
        position = hit.end()
    return mark_safe("".join([*parts, escape(text[position:])]))  # noqa: S308


def _pattern(query: str) -> re.Pattern[str] | None:
    whole = " ".join(query.split())
    terms = [word for word in dict.fromkeys([whole, *words(query)]) if len(word) > 1 or len(whole) == 1]
    if not terms:
        return None
    terms.sort(key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in terms[:40]), re.IGNORECASE)


def _densest(text: str, pattern: re.Pattern[str] | None, length: int) -> int:
    starts: Sequence[int] = [hit.start() for hit in pattern.finditer(text)][:500] if pattern else []
    if not starts or len(text) <= length:
        return 0
    best = max(starts, key=lambda start: sum(start <= hit_start < start + length for hit_start in starts))
    return max(0, best - 16)
