"""Markdown to safe HTML, once, at save time.

markdown-it-py with CJK-friendly emphasis, tables and strike-through; headings get anchors; nh3 keeps an allow-list.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt

from .hanzi import without_invisibles

_TAGS = {
    *[
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "s",
        "del",
        "ins",
        "a",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ],
    *[
        "div",
        "span",
        "sup",
        "sub",
        "kbd",
        "figure",
        "figcaption",
        "details",
        "summary",
        "mark",
        "input",
        "label",
        "section",
    ],
}
_ATTRIBUTES = {
    "a": {"href", "title", "id", "class"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "th": {"align"},
    "td": {"align"},
    "code": {"class"},
    "ol": {"start"},
    "input": {"type", "checked", "disabled"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "div": {"class"},
    "span": {"class"},
    "pre": {"class"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its level (1 to 6), words, and anchor."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Rendered:
    """A rendered text: safe HTML, its headings, and the plain words for search."""

    html: str
    headings: list[Heading]
    plain: str


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    _befriend_cjk(parser)
    return parser


def render(source: str) -> Rendered:
    """Render Markdown ``source``; raw HTML in it is shown as text, unsafe addresses are dropped."""
    parser = _markdown()
    tokens = parser.parse(without_invisibles(source))
    headings = _anchor_headings(tokens)
    html = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )
    html = html.replace("<table>", '<div class="table-frame"><table>').replace("</table>", "</table></div>")
    return Rendered(html, headings, _plain(tokens))


def plain(source: str) -> str:
    """The words of Markdown ``source`` without its marks."""
    return _plain(_markdown().parse(without_invisibles(source)))


def _anchor_headings(tokens: list[Any]) -> list[Heading]:
    found: list[Heading] = []
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or [])
            anchor = _anchor(text, {heading.anchor for heading in found})
            opening.attrSet("id", anchor)
            found.append(Heading(int(opening.tag[1]), text, anchor))
    return found


def _anchor(text: str, taken: set[str]) -> str:
    base = re.sub(r"[^\w-]+", "-", text.lower()).strip("-") or "part"
    anchor, number = base, 1
    while anchor in taken:
        number += 1
        anchor = f"{base}-{number}"
    return anchor


def _plain(tokens: list[Any]) -> str:
    lines = []
    for token in tokens:
        if token.type == "inline":
            lines.append("".join(_words(child) for child in token.children or []))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    return "\n".join(lines)


def _words(token: Any) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return str(token.content)


def _highlight(code: str, language: str, _attributes: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not language:
        return ""
    try:
        return str(highlight(code, get_lexer_by_name(language), HtmlFormatter(nowrap=True)))
    except ClassNotFound:
        return ""


_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff]")


def _befriend_cjk(parser: MarkdownIt) -> None:
    """Let ``**“重点”**后面`` be bold.

    CommonMark decides by the characters beside a run of marks whether it opens or closes; Chinese has no spaces, so
    punctuation inside the marks beside Han outside never closes. The amendment is that of the markdown-cjk-friendly
    specification: a CJK character on the other side counts like a space.
    """
    from markdown_it.rules_inline.state_inline import Delimiter, StateInline

    def tokenize(state: StateInline, silent: bool) -> bool:
        start, marker = state.pos, state.src[state.pos]
        if silent or marker not in "*":
            return False
        can_open, can_close, length = _flanks(state, start)
        for _ in range(length):
            token = state.push("text", "", 0)
            token.content = marker
            state.delimiters.append(
                Delimiter(
                    marker=ord(marker),
                    length=length,
                    token=len(state.tokens) - 1,
                    end=-1,
                    open=can_open,
                    close=can_close,
                )
            )
        state.pos += length
        return True

    parser.inline.ruler.before("emphasis", "cjk_emphasis", tokenize)


def _flanks(state: Any, start: int) -> tuple[bool, bool, int]:
    scanned = state.scanDelims(start, True)
    before = state.src[start - 1] if start > 0 else " "
    end = start + scanned.length
    after = state.src[end] if end < len(state.src) else " "
    can_open = scanned.can_open or (bool(_CJK.match(before)) and not after.isspace())
    can_close = scanned.can_close or (bool(_CJK.match(after)) and not before.isspace())
    return can_open, can_close, scanned.length
