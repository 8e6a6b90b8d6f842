"""LaTeX formulas as MathML, which browsers draw without scripts, in the size of the text."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from math_core import LatexToMathML

# MathML tags that pages allow; everything else the library writes is rejected.
MATH_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"),
    *("munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "mpadded", "mphantom"),
    *("mstyle", "merror"),
}
_ANY = {"displaystyle", "scriptlevel", "mathvariant", "class"}
MATH_ATTRIBUTES = {
    **dict.fromkeys(MATH_TAGS, _ANY),
    "math": {*_ANY, "display", "alttext"},
    "mo": {*_ANY, "stretchy", "fence", "separator", "form", "lspace", "rspace", "minsize", "maxsize", "symmetric",
           "largeop", "movablelimits", "accent"},
    "mspace": {*_ANY, "width", "height", "depth"},
    "mpadded": {*_ANY, "width", "height", "depth", "lspace", "voffset"},
    "mfrac": {*_ANY, "linethickness"},
    "mover": {*_ANY, "accent"},
    "munder": {*_ANY, "accentunder"},
    "munderover": {*_ANY, "accent", "accentunder"},
}  # fmt: skip
# Pages allow no inline styles; only the alignment of a cell is kept.
_SIDE = re.compile(r'<mtd style="text-align: (left|right);[^"]*"')
# Macros could expand a short text to a huge one.
_NO_FORMULA = re.compile(r"\\(?:new|renew|provide)command|\\[gex]?def\b|\\let\b")

# A comment in LaTeX; in an article it means the percent sign.
_PERCENT = re.compile(r"(\\.)|%", re.DOTALL)
_TAG = re.compile(r"<([a-z]+)([^>]*)")
_LENGTH = re.compile(r"-?([0-9.]+)r?em\b")
MOST_EM = 20


@lru_cache(maxsize=2048)
def mathml(source: str) -> str | None:
    """Return a formula between ``$`` or ``$$`` as MathML; None if it cannot be parsed, and is shown as written."""
    is_block = source.startswith("$$")
    latex = source.strip("$").strip()
    if _NO_FORMULA.search(latex):
        return None
    try:
        markup = LatexToMathML().convert_with_local_state(_with_percent(latex), displaystyle=is_block)
    except Exception:  # LatexError for unknown input, with a drawing of the position
        return None
    if not _can_be_shown(markup):
        return None
    labelled = markup.replace("<math", f'<math alttext="{escape(source)}"', 1)
    return _SIDE.sub(r'<mtd class="to-\1"', labelled)


def _with_percent(latex: str) -> str:
    return _PERCENT.sub(lambda found: found[1] or r"\%", latex)


def _can_be_shown(markup: str) -> bool:
    """Return True if pages allow all of its tags, and no length pushes it out of the page."""
    tags = _TAG.findall(markup)
    lengths = [float(length) for _tag, attributes in tags for length in _LENGTH.findall(attributes)]
    return all(tag in MATH_TAGS for tag, _attributes in tags) and max(lengths, default=0) <= MOST_EM
