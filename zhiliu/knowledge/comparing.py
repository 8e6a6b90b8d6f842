"""What differs between two texts, by words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import rjieba
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from fast_diff_match_patch import diff

from .models import Revision

# Words are compared as single characters from here on, above every character a text could hold a meaning with.
_FIRST = 0x10000
_LAST = 0x10FFFF
_CONTEXT = 120
_PIECE = re.compile(r"\n|[^\n]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: ``=`` in both, ``+`` only in the new one, ``-`` only in the old one, ``…`` left out."""

    op: str
    text: str


def word_diff(old: str, new: str, *, whole: bool = False) -> list[Piece]:
    """What turns ``old`` into ``new``, whole words at a time.

    Args:
        whole: keep long stretches that are alike; otherwise they are cut to what stands around a change.
    """
    known: dict[str, str] = {}
    before, after = _coded(old, known), _coded(new, known)
    words = {code: word for word, code in known.items()}
    found = diff(before, after, timelimit=2, checklines=False, cleanup="Semantic", counts_only=False)
    pieces = [Piece(op, "".join(words[code] for code in codes)) for op, codes in found]
    return (
        pieces if whole else [short for place, piece in enumerate(pieces) for short in _cut(piece, place, len(pieces))]
    )


def _coded(text: str, known: dict[str, str]) -> str:
    """``text`` with one character for each word.

    Raises:
        ValueError: more different words than there are characters; a text of 400,000 letters cannot have them.
    """
    coded = []
    for piece in _PIECE.findall(text):
        for word in [piece] if piece == "\n" else rjieba.cut(piece):
            if word not in known:
                if _FIRST + len(known) > _LAST:
                    raise ValueError("more different words than can be compared")
                known[word] = chr(_FIRST + len(known))
            coded.append(known[word])
    return "".join(coded)


def _cut(piece: Piece, place: int, total: int) -> list[Piece]:
    """A long stretch without change, cut to its ends; at the borders of the text to its inner end."""
    if piece.op != "=" or len(piece.text) <= 3 * _CONTEXT:
        return [piece]
    if total == 1:
        return [piece]
    start = [] if place == 0 else [Piece("=", piece.text[:_CONTEXT])]
    end = [] if place == total - 1 else [Piece("=", piece.text[-_CONTEXT:])]
    return [*start, Piece("…", ""), *end]


def is_same(pieces: list[Piece]) -> bool:
    """Whether nothing differs."""
    return all(piece.op in ("=", "…") for piece in pieces)


_FORMS = {"=": "{}", "+": "<ins>{}</ins>", "-": "<del>{}</del>"}


def as_html(pieces: list[Piece]) -> SafeString:
    """The pieces as safe HTML for a ``.diff`` paragraph that keeps line breaks."""
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html('<span class="left-out">…</span>')
                if piece.op == "…"
                else format_html(_FORMS[piece.op], piece.text),
            )
            for piece in pieces
        ),
    )


@dataclass(frozen=True)
class Comparison:
    """Title, claim and text of two states, compared."""

    title: SafeString
    claim: SafeString
    text: SafeString
    is_same: bool


def compare(old: tuple[str, str, str], new: tuple[str, str, str]) -> Comparison:
    """Compare (title, claim, markdown) of two states."""
    title, claim = (word_diff(before, after, whole=True) for before, after in zip(old[:2], new[:2], strict=True))
    text = word_diff(old[2], new[2])
    same = all(is_same(pieces) for pieces in (title, claim, text))
    return Comparison(as_html(title), as_html(claim), as_html(text), same)


def state_of(revision: Revision | None) -> tuple[str, str, str]:
    """What of a revision is compared; before the first one there was nothing."""
    return (revision.title, revision.claim, revision.markdown) if revision else ("", "", "")
