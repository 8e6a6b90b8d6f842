"""Markdown to safe HTML, once, at save time.

:mod:`.markdown_rules` has the syntax rules. Headings get anchors like GitHub's, so that links written elsewhere keep
working. nh3 sanitises with an allow-list.
"""

from __future__ import annotations

import html as markup
import itertools
import re
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt

from .chinese_text import without_invisibles
from .formulas import MATH_ATTRIBUTES, MATH_TAGS, mathml
from .markdown_rules import markdown

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
        "b",
        "i",
        "u",
        "dl",
        "dt",
        "dd",
    ],
}
_ATTRIBUTES = {
    "a": {"href", "title", "id", "class"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "code": {"class"},
    "ol": {"start"},
    "input": {"type", "checked", "disabled"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "div": {"class"},
    "span": {"class"},
    "pre": {"class"},
    "sup": {"class"},
    "li": {"id", "class"},
    "section": {"class"},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS | MATH_TAGS,
    attributes=_ATTRIBUTES | MATH_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener nofollow",
)


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
def _markdown(html: bool = False, talk: bool = False) -> MarkdownIt:
    parser = markdown(html, talk)
    parser.options["highlight"] = _highlight
    parser.add_render_rule("html_block", _show_html)
    parser.add_render_rule("html_inline", _show_html)
    if not talk:
        parser.add_render_rule("formula", _draw_formula)
    return parser


def _draw_formula(_renderer: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    """Render a formula, or show it as written; the allow-list checks it again afterwards."""
    return mathml(tokens[place].content) or markup.escape(tokens[place].content, quote=False)


# One line of letters, digits, spaces and Chinese punctuation contains no mark-up, address or tag. Most chat messages
# are like that, and the parser takes fifty times as long to find out.
_JUST_WORDS = re.compile(r"[^\W_](?:[^\W_]|[ ，。！？、；：“”‘’（）《》【】…—·,?!])*(?<! )")


def render(source: str, *, html: bool = False, talk: bool = False) -> Rendered:
    """Render Markdown ``source``; unsafe addresses are dropped.

    Args:
        talk: for chat messages: every line break counts, few marks work, and no external pictures are shown.
        html: whether HTML in it is interpreted, as in imported documents: tables, folds, line breaks. Tags of other
            tools (``<SimpleTab>``) vanish except for their label; other unsupported tags are shown as text. Without
            it all HTML is shown as text.
    """
    source = without_invisibles(source)
    if _JUST_WORDS.fullmatch(source):
        return Rendered(f"<p>{source}</p>\n", [], source)
    parser, env = _markdown(html, talk), _environment(source, html)
    tokens = parser.parse(source, env)
    headings = _anchor_headings(tokens)
    if env["too_deep"] or (html and _open_tags(tokens) > MOST_OPEN_TAGS):
        return _as_typed(source)
    clean = _CLEANER.clean(parser.renderer.render(tokens, parser.options, env))
    clean = clean.replace("<table>", '<div class="table-frame"><table>').replace("</table>", "</table></div>")
    if len(clean) > _most_html(source, talk):
        return _as_typed(source)
    return Rendered(clean, headings, _plain(tokens))


# Talk has no escapes: a character that would be a mark is replaced by its full-width form.
_MARKS_OF_TALK = re.compile(r"\*{2,}|~{2,}|`+|\](?=\()|<(?=[A-Za-z])")
_WIDE_SIGNS = str.maketrans("*~`]<", "＊～｀］＜")


def inert(text: str) -> str:
    """Return ``text`` as one line for talk in which nothing is a mark, such as the subject of a mail."""
    return _MARKS_OF_TALK.sub(lambda found: found[0].translate(_WIDE_SIGNS), " ".join(text.split()))


def _environment(source: str, html: bool) -> dict[str, Any]:
    """Return the parser's environment. Several comments share a page, so each text prefixes the ids of its
    footnotes.
    """
    return {} if html else {"docId": f"{zlib.crc32(source.encode()):x}"}


# Cleaning takes quadratic time in the nesting depth of tags.
MOST_OPEN_TAGS = 1_000
_ENDS_BY_ITSELF = {"br", "hr", "img", "input", "p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead"}


def _open_tags(tokens: list[Any]) -> int:
    """Return how many tags of a text are not closed."""
    all_tokens = [child for token in tokens for child in (token.children or [token])]
    sources = [token.content for token in all_tokens if token.type in ("html_block", "html_inline")]
    tags = [tag for source in sources for tag in _TAG.finditer(source)]
    unclosed = [tag for tag in tags if (tag["name"] or "").lower() in _TAGS - _ENDS_BY_ITSELF]
    return sum(-1 if tag["end"] else 1 for tag in unclosed)


def _most_html(source: str, talk: bool) -> int:
    return (20_000 if talk else 1_000_000) + 12 * len(source)


def _as_typed(source: str) -> Rendered:
    """Return a text with too much mark-up for a page as plain lines."""
    return Rendered(f"<p>{markup.escape(source).replace(chr(10), '<br>')}</p>\n", [], source)


def plain(source: str, *, talk: bool = False) -> str:
    """Return the words of Markdown ``source`` without its marks.

    Args:
        talk: as in :func:`render`.
    """
    return _plain(_markdown(talk=talk).parse(without_invisibles(source), {}))


_OWN_ANCHOR = re.compile(r"\{#([\w-]+)\}\s*$")


def _anchor_headings(tokens: list[Any]) -> list[Heading]:
    headings: list[Heading] = []
    names: dict[str, int] = {}
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            children = inline.children or []
            text = "".join(_heading_words(child) for child in children).strip()
            # Imported documents name their own anchors: "## Setting up {#setup}".
            if own := _OWN_ANCHOR.search(text):
                text = text[: own.start()].rstrip()
                children[-1].content = _OWN_ANCHOR.sub("", children[-1].content).rstrip()
            anchor = _untaken(own[1] if own else anchor_of(text), names)
            opening.attrSet("id", anchor)
            headings.append(Heading(int(opening.tag[1]), text, anchor))
    return headings


def _heading_words(token: Any) -> str:
    """Tags do not count in an anchor; by GitHub's rule the spaces beside them do."""
    return _html_words(token.content, "") if token.type == "html_inline" else _words(token)


def anchors(source: str, *, html: bool = False) -> set[str]:
    """Return the anchors of a text without rendering it: headings, and names given in HTML.

    Args:
        html: as in :func:`render`.
    """
    tokens = _blocks(without_invisibles(source), html)
    names = {heading.anchor for heading in _anchor_headings(tokens)}
    if html:
        names.update(name for token in tokens if token.type in _NAMING for name in _NAME.findall(token.content))
    return names


def _blocks(source: str, html: bool) -> list[Any]:
    """Return the block tokens; only headings are parsed inside."""
    parser = _markdown(html)
    env: dict[str, Any] = {}
    tokens: list[Any] = []
    parser.block.parse(source, parser, env, tokens)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            parser.inline.parse(inline.content, parser, env, inline.children)
    return tokens


def with_anchors_below(source: str, top: str) -> str:
    """Return a text whose first heading was removed; headings with the same words keep the anchor they had below it.

    Args:
        top: the anchor of that heading.
    """
    lines, names = source.split("\n"), {top: 0}
    tokens = _blocks(source, html=True)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = "".join(map(_heading_words, inline.children or [])).strip()
        own = _OWN_ANCHOR.search(text)
        anchor = _untaken(own[1] if own else anchor_of(text), names)
        if not own and anchor_of(text) == top:
            # For a setext heading, the line of its words.
            line = opening.map[1] - (1 if opening.markup.startswith("#") else 2)
            lines[line] = _CLOSING.sub(f" {{#{anchor}}}", lines[line], count=1)
    return "\n".join(lines)


_CLOSING = re.compile(r"(?:[ \t]+#*)?[ \t]*$")


_NAMING = ("html_block", "inline")
# The tags whose id the allow-list keeps.
_NAME = re.compile(r"""<(?:a|h[1-6])\b[^<>]{0,500}?\sid\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)


def anchor_of(text: str) -> str:
    """Return the anchor of a heading's words: lower case, spaces as hyphens, punctuation removed. GitHub's rule."""
    return re.sub(r"[^\w\- ]+", "", text.lower().strip()).replace(" ", "-") or "part"


def _untaken(base: str, counts: dict[str, int]) -> str:
    """Reserve and return an unused name. ``counts`` has the uses of each base, so that no suffix is tried twice."""
    anchor = base
    while anchor in counts:
        counts[base] += 1
        anchor = f"{base}-{counts[base]}"
    counts[anchor] = 0
    return anchor


def _plain(tokens: list[Any]) -> str:
    lines = []
    for token in tokens:
        if token.type == "inline":
            lines.append("".join(_words(child) for child in token.children or []))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
        elif token.type == "html_block":
            lines.append(_html_words(token.content))
    return "\n".join(lines)


def _words(token: Any) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return _html_words(token.content) if token.type == "html_inline" else str(token.content)


_TAG = re.compile(r"<!--(?:.*?-->|.*\Z)|<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?P<rest>\s[^<>]*|/?)>", re.DOTALL)
_LABEL = re.compile(r"""\s(?:label|title)=(?:"([^"]*)"|'([^']*)')""")


def _show_html(_renderer: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    """Render HTML of the source as far as it is supported mark-up; the allow-list checks it again afterwards."""
    return _TAG.sub(_show_tag, tokens[place].content)


def _show_tag(match: re.Match[str]) -> str:
    if not match["name"]:
        return ""
    label = _LABEL.search(match["rest"]) if not match["end"] else None
    paragraph = f"<p><strong>{markup.escape(markup.unescape(label[1] or label[2] or ''))}</strong></p>" if label else ""
    if match["name"][0].isupper() and match["name"].lower() not in _TAGS:
        return paragraph
    if match["name"].lower() in _TAGS:
        return match[0] + (paragraph if match["name"] == "div" else "")
    return markup.escape(match[0])


def _html_words(source: str, gap: str = " ") -> str:
    return markup.unescape(_TAG.sub(lambda found: _said_by_tag(found, gap), source))


def _said_by_tag(match: re.Match[str], gap: str) -> str:
    if not match["name"]:
        return ""
    is_supported = match["name"].lower() in _TAGS or match["name"][0].isupper()
    label = _LABEL.search(match["rest"]) if is_supported and not match["end"] else None
    if label:
        return f" {label[1] or label[2] or ''} "
    return gap if is_supported else match[0]


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Return code with the classes of pygments; its own, more general formatter takes twice the time."""
    lexer = _lexer(language)
    return "".join(_coloured(kind, text) for kind, text in lexer.get_tokens(code)) if lexer is not None else ""


def _coloured(kind: Any, text: str) -> str:
    look, escaped = _class_of(kind), markup.escape(text)
    return f'<span class="{look}">{escaped}</span>' if look else escaped


@cache
def _class_of(kind: Any) -> str:
    from pygments.token import STANDARD_TYPES

    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return str(STANDARD_TYPES[kind])


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    """Cached: finding a lexer takes longer than highlighting most pieces of code."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language) if language else None
    except ClassNotFound:
        return None
