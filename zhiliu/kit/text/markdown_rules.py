"""The Markdown dialect of this product: one set of rules for pages, messages, mail, search and the editor.

``markdown_rules.json`` has the character classes and patterns; the editor's parser
(``knowledge/islands/lib/markdown.ts``) uses the same file, and the tests of both read
``tests/kit/text/markdown_cases.json``.
"""

from __future__ import annotations

import itertools
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock, blockquote, code, fence, list_block, reference, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def, footnote_ref, footnote_tail

RULES: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))

_CJK = re.compile(f"[{RULES['cjk']}]")
_HAN_AT_END = re.compile(f"[{RULES['wide']}]$")
_HAN_AT_START = re.compile(f"[{RULES['wide']}]")
_DEFINITION = re.compile(RULES["definition"])
_TARGET = re.compile(RULES["target"], re.IGNORECASE)
_FOOTNOTE = re.compile(RULES["footnote"])
_FORMULA = re.compile(RULES["formula"])
_TALK_FENCE = re.compile(RULES["talk_fence"])
_TALK_LIST = re.compile(RULES["talk_list"])
_TALK_QUOTE = re.compile(RULES["talk_quote"])
# The parser fills short table rows with empty cells.
MOST_EMPTY_CELLS = 2_000
# The parser omits deeper nesting; such a text is shown as typed instead.
MOST_NESTING = 60
# Each level of brackets is parsed once more.
MOST_BRACKETS = 12


@cache
def markdown(html: bool = False, talk: bool = False) -> MarkdownIt:
    """Return the parser of articles, or with ``talk`` that of chat messages."""
    options = {"html": html, "linkify": True, "breaks": talk, "maxNesting": MOST_NESTING}
    parser = MarkdownIt("commonmark", options)
    parser.linkify = Addresses()
    parser.enable(["strikethrough", "linkify"])
    # The inline linkify rule takes addresses out of other syntax: a backslash, a star.
    parser.inline = _inline(parser, _Said if talk else _Written)
    parser.core.ruler.after("block", "depth", _note_depth)
    parser.core.ruler.after("block", "indents", _keep_indents)
    parser.core.ruler.push("empty_links", _name_empty_links)
    (_for_talk if talk else _for_articles)(parser)
    parser.normalizeLink = lru_cache(maxsize=4096)(_normalised(parser.normalizeLink))
    return parser


def _inline(parser: MarkdownIt, state: type[StateInline]) -> ParserInline:
    """Return an inline parser with the active rules of ``parser`` and ``state`` as its state class."""

    class Inline(ParserInline):
        def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
            current = state(src, md, env, tokens)
            current.level = MOST_NESTING - MOST_BRACKETS
            self.tokenize(current)
            for rule in self.ruler2.getRules(""):
                rule(current)
            return current.tokens

    inline, active = Inline(), parser.get_active_rules()
    inline.ruler.enableOnly(active["inline"])
    inline.ruler2.enableOnly(active["inline2"])
    return inline


def _for_articles(parser: MarkdownIt) -> None:
    parser.enable("table")
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at("reference", _definition)
    footnote_plugin(parser, inline=False)
    parser.block.ruler.at("footnote_def", _footnote_definition, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.at("footnote_ref", _footnote_reference)
    parser.core.ruler.at("footnote_tail", _footnotes_below)
    parser.add_render_rule("footnote_caption", _footnote_number)
    parser.add_render_rule("footnote_block_open", lambda *_: '<section class="footnotes">\n<ol>\n')
    parser.block.ruler.before(
        "reference", "formula_block", _formula_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.add_render_rule("formula", _as_written)
    parser.block.ruler.at("code", _code)
    parser.core.ruler.after("inline", "han_lines", _join_han_lines)
    parser.core.ruler.after("inline", "alt_words", _write_alt_words)


# Chinese chat is full of stars, backslashes, numbers and signs that are meant literally.
_NOT_IN_TALK = ["heading", "lheading", "image", "hr", "code", "reference", "escape", "entity"]


def _for_talk(parser: MarkdownIt) -> None:
    parser.disable(_NOT_IN_TALK)
    ends = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.at("fence", _where(_TALK_FENCE, fence), ends)
    parser.block.ruler.at("list", _where(_TALK_LIST, list_block), {"alt": ["paragraph", "reference", "blockquote"]})
    parser.block.ruler.at("blockquote", _where(_TALK_QUOTE, blockquote), ends)


def _where(pattern: re.Pattern[str], rule: Any) -> Any:
    """Return a block rule that runs only where the rest of the text matches ``pattern``."""

    def asked(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        begins = pattern.match(state.src, state.bMarks[start] + state.tShift[start])
        return bool(begins and rule(state, start, end, silent))

    return asked


# ---- emphasis --------------------------------------------------------------------------------------------------------


class _Written(StateInline):
    """Emphasis beside Chinese, by the amendment of the markdown-cjk-friendly specification.

    CommonMark decides by the characters beside a delimiter run whether it opens or closes. Chinese has no spaces, so
    punctuation next to a letter would prevent both. Here a Chinese character on either side is enough.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # the library's names
        """Override of the library's method."""
        before, after, length = self.beside(start)
        if isWhiteSpace(ord(before)) or isWhiteSpace(ord(after)):
            return Scanned(not isWhiteSpace(ord(after)), not isWhiteSpace(ord(before)), length)
        can_open, can_close = _is_punctuation(before), _is_punctuation(after)
        if canSplitWord:
            chinese = bool(_CJK.match(before) or _CJK.match(after))
            can_open, can_close = (
                can_open or chinese or not _is_punctuation(after),
                can_close or chinese or not _is_punctuation(before),
            )
        return Scanned(can_open, can_close, length)

    def beside(self, start: int) -> tuple[str, str, int]:
        """Return the characters before and after a delimiter run, and its length."""
        end, marker = start, self.src[start]
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start else " "
        # A variation selector belongs to the character before it.
        if start > 1 and "\ufe00" <= before <= "\ufe0f":
            before = self.src[start - 2]
        return before, self.src[end] if end < self.posMax else " ", end - start


class _Said(_Written):
    """In talk only ``**`` and ``~~`` are marks, and not between Latin letters, digits and parts of paths."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # the library's names
        """Override of the library's method."""
        scanned = super().scanDelims(start, canSplitWord)
        before, after, length = self.beside(start)
        is_mark = self.src[start] != "_" and length > 1 and not _is_calculation(before, after)
        return scanned if is_mark else Scanned(False, False, length)


def _is_calculation(before: str, after: str) -> bool:
    """Return True for powers (``2**3``) and paths (``src/**/test``)."""
    both = before + after
    if isWhiteSpace(ord(before)) or isWhiteSpace(ord(after)):
        return False
    return (both.isascii() and both.isalnum()) or "/" in both or "\\" in both


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


# ---- blocks ----------------------------------------------------------------------------------------------------------


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Accept a link definition only if its target is an address: ``[来源]: 年度报告`` is text."""
    match = _DEFINITION.match(state.src, state.bMarks[start] + state.tShift[start])
    return bool(match and _TARGET.match(match[1])) and reference(state, start, end, silent)


def _code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Four spaces make code; a Chinese paragraph indented with wide spaces stays a paragraph."""
    return not _is_indented(state.src, state.bMarks[start] + state.tShift[start]) and code(state, start, end, silent)


def _is_indented(text: str, place: int) -> bool:
    return text.startswith(_WIDE_SPACE, place)


_WIDE_SPACE = "\u3000"


def _keep_indents(state: StateCore) -> None:
    """Restore the wide spaces at the start of Chinese paragraphs, which the parser strips."""
    if _WIDE_SPACE not in state.src:
        return
    lines = state.src.split("\n")
    for opening, inline in itertools.pairwise(state.tokens):
        if opening.type == "paragraph_open" and inline.map and inline.content:
            before, _words, _rest = lines[inline.map[0]].partition(inline.content.split("\n", 1)[0])
            inline.content = before[len(before.rstrip(_WIDE_SPACE)) :] + inline.content


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Accept a table unless it needs many times as many empty cells as were written."""
    if not table(state, start, end, True):
        return False
    return silent or (_empty_cells(state, start, end) <= MOST_EMPTY_CELLS and table(state, start, end, False))


def _empty_cells(state: StateBlock, start: int, end: int) -> int:
    line = start
    while line < end and not state.isEmpty(line):
        line += 1
    text = state.src[state.bMarks[start] : state.eMarks[line - 1]]
    columns = state.src.count("|", state.bMarks[start + 1], state.eMarks[start + 1])
    return columns * (line - start) - text.count("|")


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines from ``$$`` to ``$$`` are one paragraph: a minus at the start of one does not begin a list."""
    if not state.src.startswith("$$", state.bMarks[start] + state.tShift[start]):
        return False
    for line in range(start, end):
        if state.isEmpty(line):
            return False
        begin = state.bMarks[line] + state.tShift[line] + (2 if line == start else 0)
        if state.src[begin : state.eMarks[line]].rstrip(" \t").endswith("$$"):
            return silent or _push_lines(state, start, line + 1)
    return False


def _push_lines(state: StateBlock, start: int, end: int) -> bool:
    state.push("paragraph_open", "p", 1).map = [start, end]
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, end, state.blkIndent, False).strip()
    inline.map, inline.children = [start, end], []
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _footnote_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Accept the first definition of a name. A second one would replace its text, so it is shown in place."""
    match = _FOOTNOTE.match(state.src, state.bMarks[start] + state.tShift[start])
    if match is None or f":{match[1]}" in state.env.get("footnotes", {}).get("refs", {}):
        return False
    return footnote_def(state, start, end, silent)


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    return bool(_FOOTNOTE.match(state.src, state.pos)) and footnote_ref(state, silent)


def _footnotes_below(state: StateCore) -> None:
    """Put the footnotes last. Those without references are shown too, without a back link."""
    notes = state.env.get("footnotes", {})
    for name in [name for name, number in notes.get("refs", {}).items() if number < 0]:
        number = notes["refs"][name] = len(notes["list"])
        notes["list"][number] = {"label": name[1:], "count": 0}
    _count_references(state, notes.get("list", {}))
    footnote_tail(state)
    state.tokens = [token for token in state.tokens if token.type != "footnote_anchor" or _has_way_back(token, notes)]


def _count_references(state: StateCore, notes: dict[int, Any]) -> None:
    """Count the visible references: alt text of a picture has nothing to link back to."""
    for note in notes.values():
        note["count"] = 0
    for token in [child for block in state.tokens for child in block.children or []]:
        if token.type == "footnote_ref":
            note = notes[token.meta["id"]]
            token.meta["subId"], note["count"] = note["count"], note["count"] + 1


def _has_way_back(anchor: Token, notes: dict[str, Any]) -> bool:
    return bool(notes["list"][anchor.meta["id"]]["count"])


def _footnote_number(_renderer: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    return f"[{tokens[place].meta['id'] + 1}]"


def _note_depth(state: StateCore) -> None:
    deepest = max((token.level for token in state.tokens), default=0)
    state.env["too_deep"] = deepest >= MOST_NESTING - 1


# ---- inline ----------------------------------------------------------------------------------------------------------


def _formula(state: StateInline, silent: bool) -> bool:
    """Keep a formula as written: its backslashes and stars are no marks."""
    if state.src[state.pos] != "$":
        return False
    match = _FORMULA.match(state.src, state.pos)
    if match is None or (state.pos and state.src[state.pos - 1] in "$\\"):
        return False
    if not silent:
        state.push("formula", "", 0).content = match[0]
    state.pos = match.end()
    return True


def _as_written(_renderer: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    return escapeHtml(tokens[place].content)


def _write_alt_words(state: StateCore) -> None:
    """Alt text is an attribute: formulas and footnote references in it are kept as written."""
    for picture in [child for block in state.tokens for child in block.children or [] if child.type == "image"]:
        for token in picture.children or []:
            if token.type == "footnote_ref":
                token.content = f"[^{token.meta['label']}]"
            if token.type in ("footnote_ref", "formula"):
                token.type = "text"


def _join_han_lines(state: StateCore) -> None:
    """Remove a line break between two Chinese characters: Chinese has no spaces."""
    for block in state.tokens:
        children = block.children or []
        for place, token in enumerate(children):
            if token.type == "softbreak" and _is_amid_han(children, place):
                token.type, token.content = "text", ""


def _is_amid_han(children: list[Token], place: int) -> bool:
    before = next((token.content for token in reversed(children[:place]) if token.content), "")
    after = next((token.content for token in itertools.islice(children, place + 1, None) if token.content), "")
    return bool(_HAN_AT_END.search(before[-1:]) and _HAN_AT_START.match(after))


def _name_empty_links(state: StateCore) -> None:
    """Show the address of a link without text."""
    for block in state.tokens:
        children = block.children or []
        # From the end, so that places stay right; tokens of two links are equal and cannot be searched for.
        for place in reversed(range(1, len(children))):
            opening, closing = children[place - 1 : place + 1]
            if opening.type == "link_open" and closing.type == "link_close":
                children.insert(place, Token("text", "", 0, content=str(opening.attrGet("href") or "")))


# ---- addresses -------------------------------------------------------------------------------------------------------


class Addresses(LinkifyIt):
    """Plain addresses in a text.

    Chinese follows them without a space. It is part of the address only at the start of a part, after one of ``/ = _
    #``; elsewhere the address ends before it. Chinese punctuation always ends it.
    """

    def match(self, text: str) -> list[Any] | None:
        """Override of the library's method: cut each address where Chinese text continues, and search the rest
        again.
        """
        links: list[Any] = []
        parts = [(text, 0)]
        while parts:
            part, start = parts.pop()
            for item in super().match(part) or []:
                behind = _cut(item)
                item.index, item.last_index = item.index + start, item.last_index + start
                links += [item] if _is_address(item) else []
                # Search piece by piece: a host can follow Chinese directly and would lose its first letter.
                parts += [
                    (piece[0], item.last_index + piece.start()) for piece in _ADDRESS.finditer(behind) if piece[0]
                ]
        return sorted(links, key=lambda link: link.index) or None

    def match_at_start(self, text: str) -> Any:
        """Override of the library's method, with the same cut."""
        link = super().match_at_start(text)
        if link is not None:
            _cut(link)
        return link if link is not None and _is_address(link) else None


_ADDRESS = re.compile(RULES["address"])
_HOST = re.compile(r"[a-z][a-z+.-]*://([^/?#]*)", re.IGNORECASE)
# Without a scheme nearly every file name would be a host: .md and .py are country domains.
_BARE_HOST = re.compile(r"www\.|[^/]*\.(?:com|cn|net|org|gov|edu)(?:[/:?#]|$)", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"(?:https?://[a-z0-9.-]+)?[A-Za-z0-9/_.#?=&+~-]*")


def _cut(link: Any) -> str:
    """Cut an address where Chinese text continues; return what was cut off."""
    belongs = _ADDRESS.match(link.raw)
    end = belongs.end() if belongs else 0
    behind = str(link.raw[end:])
    if behind:
        for name in ("raw", "text", "url"):
            setattr(link, name, getattr(link, name)[: -len(behind)])
        link.last_index = link.index + end
    return behind


def _is_address(link: Any) -> bool:
    if link.schema in ("", None):
        return bool(_BARE_HOST.match(link.raw))
    host = _HOST.match(link.raw)
    return host is None or (bool(host[1]) and (host[1].isascii() or "." in host[1]))


def _normalised(usual: Any) -> Any:
    """Skip the library for addresses without anything to encode: most of them; it takes a tenth of the total time."""
    return lambda address: address if _PLAIN_ADDRESS.fullmatch(address) else usual(address)
