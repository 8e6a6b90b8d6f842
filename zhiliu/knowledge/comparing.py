"""Diff two texts by sentence, and by word inside sentences that mostly stayed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

import rjieba
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from fast_diff_match_patch import diff

from .blocks import blocks_of
from .drafting import render_article
from .models import Revision

# Units are mapped to single characters from here on, outside the basic plane.
_FIRST = 0x10000
_LAST = 0x10FFFF
_CONTEXT = 120
# A sentence includes its punctuation; a line break is a unit of its own.
_SENTENCE = re.compile(r"\n|[^\n。！？；]+[。！？；]*|[。！？；]+")
_LINE = re.compile(r"\n|[^\n]+")
# Below this share of common letters, sentences count as different: a word diff would be unreadable.
_MENDED = 0.6


@dataclass(frozen=True)
class Piece:
    """A run of text: ``=`` in both, ``+`` only in the new one, ``-`` only in the old one, ``…`` left out."""

    op: str
    text: str


def word_diff(old: str, new: str, *, whole: bool = False) -> list[Piece]:
    """Return the diff from ``old`` to ``new``: whole sentences, and words inside sentences that mostly stayed.

    Args:
        whole: keep long equal runs; otherwise they are cut to the context of a change.
    """
    pieces = _joined(list(_refined(_compared(old, new, _sentences))))
    return (
        pieces if whole else [short for place, piece in enumerate(pieces) for short in _cut(piece, place, len(pieces))]
    )


def _sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text)


def _words(text: str) -> list[str]:
    return [word for line in _LINE.findall(text) for word in _words_of(line)]


def _words_of(line: str) -> list[str]:
    return [line] if line == "\n" else [str(word) for word in rjieba.cut(line)]


def _compared(old: str, new: str, units: Callable[[str], list[str]]) -> list[Piece]:
    """Return the diff of two texts, unit by unit."""
    known: dict[str, str] = {}
    before, after = _coded(units(old), known), _coded(units(new), known)
    texts = {code: text for text, code in known.items()}
    pieces = diff(before, after, timelimit=2, checklines=False, cleanup="Semantic", counts_only=False)
    return [Piece(op, "".join(texts[code] for code in codes)) for op, codes in pieces]


def _coded(units: list[str], codes: dict[str, str]) -> str:
    """Encode each unit as one character.

    Raises:
        ValueError: more distinct units than characters; a text of 400,000 letters cannot have them.
    """
    for unit in units:
        if unit not in codes:
            if _FIRST + len(codes) > _LAST:
                raise ValueError("more different words than can be compared")
            codes[unit] = chr(_FIRST + len(codes))
    return "".join(codes[unit] for unit in units)


def _refined(pieces: list[Piece]) -> Iterator[Piece]:
    """Replace a sentence diff by a word diff where most words stayed."""
    for changed, run in groupby(pieces, key=lambda piece: piece.op != "="):
        stretch = list(run)
        if not changed:
            yield from stretch
            continue
        deleted, inserted = ("".join(piece.text for piece in stretch if piece.op == op) for op in "-+")
        by_words = _compared(deleted, inserted, _words) if deleted and inserted else []
        if _kept(by_words) >= _MENDED * max(1, min(len(deleted), len(inserted))):
            yield from by_words
        else:
            yield from (Piece(op, text) for op, text in (("-", deleted), ("+", inserted)) if text)


def _kept(pieces: list[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces if piece.op == "=")


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Merge adjacent pieces with the same operation."""
    return [Piece(op, "".join(piece.text for piece in run)) for op, run in groupby(pieces, key=lambda piece: piece.op)]


def _cut(piece: Piece, place: int, total: int) -> list[Piece]:
    """Cut a long equal run to its ends; at the start or end of the text, to its inner end."""
    if piece.op != "=" or len(piece.text) <= 3 * _CONTEXT:
        return [piece]
    if total == 1:
        return [piece]
    start = [] if place == 0 else [Piece("=", piece.text[:_CONTEXT])]
    end = [] if place == total - 1 else [Piece("=", piece.text[-_CONTEXT:])]
    return [*start, Piece("…", ""), *end]


def is_same(pieces: list[Piece]) -> bool:
    """Return whether nothing differs."""
    return all(piece.op in ("=", "…") for piece in pieces)


_FORMS = {"=": "{}", "+": "<ins>{}</ins>", "-": "<del>{}</del>"}


def as_html(pieces: list[Piece]) -> SafeString:
    """Return the pieces as safe HTML for a ``.diff`` paragraph that preserves line breaks."""
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


def compare(old: tuple[str, str, str], new: tuple[str, str, str], *, whole: bool = False) -> Comparison:
    """Compare (title, claim, markdown) of two states. The text is compared as rendered HTML.

    Args:
        whole: show everything; otherwise long equal runs are left out.
    """
    title, claim = (word_diff(before, after, whole=True) for before, after in zip(old[:2], new[:2], strict=True))
    if old == ("", "", ""):  # before the first revision everything is new, so nothing is marked
        return Comparison(as_html([Piece("=", new[0])]), as_html([Piece("=", new[1])]), _shown([new[2]], ""), False)
    same = old[2] == new[2] and is_same(title) and is_same(claim)
    return Comparison(as_html(title), as_html(claim), page_diff(old[2], new[2], whole=whole), same)


# ---- pages -----------------------------------------------------------------------------------------------------------

_DEFINITION = re.compile(r"\[(?!\^)[^\]\n]+\]:")
# A paragraph or heading without markup, whose source equals its text.
_PLAIN = re.compile(r"(?P<signs>#{1,6} )?(?![-+>=]|\d+[.)])[^\n*_`\[\]<>|~\\$!#&]+")
_LEFT_OUT = SafeString('<span class="left-out">…</span>')


def page_diff(old: str, new: str, *, whole: bool) -> SafeString:
    """Return two texts as one page: new blocks are marked as inserted, old ones as deleted."""
    before, after = blocks_of(old), blocks_of(new)
    defined = "\n".join(block for block in [*before, *after] if _DEFINITION.match(block))
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    shown: list[SafeString] = []
    for op, first, last, start, end in steps:
        if op == "equal":
            ends = (start == 0, end == len(after))
            shown.append(_alike(after[start:end], defined, ends, whole=whole or len(steps) == 1))
        else:
            shown.extend(_differing(before[first:last], after[start:end], defined))
    return SafeString("".join(shown))


def _shown(blocks: list[str], defined: str) -> SafeString:
    return SafeString(render_article("\n\n".join([*blocks, defined])).html)


def _alike(blocks: list[str], defined: str, ends: tuple[bool, bool], *, whole: bool) -> SafeString:
    """Return the common blocks: all of them, or those beside a change."""
    if whole or len(blocks) <= 3:
        return _shown(blocks, defined)
    is_first, is_last = ends
    above = "" if is_first else _shown(blocks[:1], defined)
    below = "" if is_last else _shown(blocks[-1:], defined)
    return SafeString(f"{above}{_LEFT_OUT}{below}")


def _differing(old: list[str], new: list[str], defined: str) -> Iterator[SafeString]:
    """Return differing blocks: a word diff for pairs of plain ones, otherwise the old ones and then the new ones."""
    if len(old) == len(new) and all(map(_is_mended, old, new)):
        yield from map(_mended, old, new)
        return
    for tag, blocks in (("del", old), ("ins", new)):
        if blocks:
            yield format_html('<{0} class="block">{1}</{0}>', SafeString(tag), _shown(blocks, defined))


def _is_mended(old: str, new: str) -> bool:
    before, after = _PLAIN.fullmatch(old), _PLAIN.fullmatch(new)
    return bool(before and after and before["signs"] == after["signs"])


def _mended(old: str, new: str) -> SafeString:
    match = _PLAIN.fullmatch(new)
    signs = (match["signs"] if match else "") or ""
    tag = SafeString(f"h{len(signs) - 1}" if signs else "p")
    return format_html("<{0}>{1}</{0}>", tag, as_html(word_diff(old[len(signs) :], new[len(signs) :], whole=True)))


def state_of(revision: Revision | None) -> tuple[str, str, str]:
    """Return the compared fields of a revision; empty ones for None."""
    return (revision.title, revision.claim, revision.markdown) if revision else ("", "", "")
