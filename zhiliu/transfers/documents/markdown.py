"""A Markdown document: its front matter, its text without the title, and its links with new targets.

Links are found in the source and only their targets are replaced; everything else stays byte for byte.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import yaml

from zhiliu.kit.text.markdown import anchor_of, anchors, with_anchors_below
from zhiliu.kit.text.markdown_rules import RULES

from .bundle import NotTaken

LONGEST = 400_000
LONGEST_SUMMARY = 200
_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
# Atomic and possessive groups: many comments without a title must not cause exponential backtracking.
_TITLE = re.compile(r"\A(?>\s*<!--.*?-->)*+\s*+#[ \t]+([^\n]*?)[ \t]*#*[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLES = ("title", "标题", "name")
_SUMMARIES = ("summary", "description", "摘要", "简介", "描述")


@dataclass(frozen=True)
class MarkdownDocument:
    """A document as it was read.

    Args:
        title: at most 120 characters. summary: at most 200. markdown: the text below the title.
        top: the anchor of the heading that became the title; links to it lead to the top of the page.
        notes: (kind, detail) of what was lost.
    """

    title: str
    summary: str
    markdown: str
    top: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    def anchors(self) -> set[str]:
        """Return the anchors that links can lead to."""
        return {self.top, *anchors(self.markdown, html=True)}


def decode(content: bytes) -> str:
    """Return text in UTF-8, with or without a BOM, GB18030, or UTF-16 with a BOM.

    Raises:
        NotTaken: it has none of these encodings.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise NotTaken("no_text")


def read_markdown(content: bytes, source: str) -> MarkdownDocument:
    """Read a document.

    Raises:
        NotTaken: it is not text, empty, or too long.
    """
    text = decode(content)
    matter, body = _front_matter(text)
    body = without_template_marks(body)
    return document(body, source, title=_said(matter, _TITLES), summary=_said(matter, _SUMMARIES))


def document(body: str, source: str, *, title: str = "", summary: str = "") -> MarkdownDocument:
    """Return a document. Without a given title its first heading is the title, else the file name.

    Raises:
        NotTaken: it is empty or too long.
    """
    top = ""
    if found := _TITLE.match(body):
        body = body[found.end() :]
        heading = re.sub(r"<[^>]*>|\{#[\w-]+\}|[`*]|\\(?=[^\w\s])", "", found[1]).strip()
        own = re.search(r"\{#([\w-]+)\}", found[1])
        title, top = title or heading, own[1] if own else anchor_of(heading)
        body = with_anchors_below(body, top) if _is_repeated(heading, body) else body
    if not body.strip():
        raise NotTaken("empty")
    if len(body) > LONGEST:
        raise NotTaken("too_long")
    name = posixpath.splitext(posixpath.basename(source))[0]
    return MarkdownDocument((title or name)[:120], _plain_summary(summary), body.strip("\n") + "\n", top)


def _is_repeated(heading: str, body: str) -> bool:
    """Return whether a text may repeat its title as a heading; hardly any does, and only those are parsed for it."""
    words = re.findall(r"\w+", heading.lower())
    return bool(words) and any(all(word in line for word in words) for line in body.lower().split("\n"))


def _plain_summary(summary: str) -> str:
    """Return a summary without markup; a long one is cut at a word or after punctuation."""
    plain = re.sub(r"[`*]|<[^<>]*>|!?\[([^\[\]]*)\]\([^()]*\)", r"\1", _readable(summary)).strip()
    if len(plain) <= LONGEST_SUMMARY:
        return plain
    cut = plain[: LONGEST_SUMMARY - 1]
    if (
        not plain[LONGEST_SUMMARY - 1 :][:1].isspace()
        and (last := re.search(r"[A-Za-z0-9_.-]+$", cut))
        and last.start()
    ):
        cut = cut[: last.start()]
    return f"{cut.rstrip(' ，、,;；')}…"


# Template marks of documentation tools: Hugo's shortcodes, and variables in two or three braces.
_SHORTCODE = re.compile(r"\{\{[<%][ \t]*/?[^\n]{0,300}?[>%]\}\}")
_VARIABLE = re.compile(r"\{\{\{[ \t]*\.?([\w.-]{1,60})[ \t]*\}\}\}")
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")
_TICKS = re.compile(r"(`+)")


def without_template_marks(text: str) -> str:
    """Return text without template marks; code is unchanged."""
    out, fence = [], ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif "{{" in line:
            kept = _outside_code(line)
            if not kept.strip() and line.strip():
                continue
            line = kept
        out.append(line)
    return "\n".join(out)


def _outside_code(line: str) -> str:
    """Return a line without template marks, except in code spans."""
    pieces = _TICKS.split(line)
    closes: dict[int, int] = {}
    after: dict[str, int] = {}
    for place in range(len(pieces) - 2, 0, -2):
        closes[place] = after.get(pieces[place], 0)
        after[pieces[place]] = place
    at, out = 0, []
    while at < len(pieces):
        if end := closes.get(at, 0):
            out += pieces[at : end + 1]
            at = end + 1
        else:
            out.append(_readable(pieces[at]))
            at += 1
    return "".join(out)


def _readable(text: str) -> str:
    return _VARIABLE.sub(r"\1", _SHORTCODE.sub("", text))


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter and the rest; invalid front matter is text."""
    found = _FRONT.match(text)
    if found is None or len(found[1]) > 20_000:
        return {}, text
    try:
        matter = yaml.load(found[1], Loader=_Loader)  # noqa: S506  # it is the safe one
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    return (matter, text[found.end() :]) if isinstance(matter, dict) else ({}, text)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, in C if available."""


def _said(matter: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = matter.get(name)
        # A number with thousands of digits is not a title, and cannot be formatted.
        if isinstance(value, str | float | dt.date) or (isinstance(value, int) and value.bit_length() < 1024):
            return " ".join(str(value).split())
    return ""


# ---- links -----------------------------------------------------------------------------------------------------------

_INSIDE = r"(?:[^\[\]\n\\]|\\.|\[(?:[^\[\]\n\\]|\\.){0,200}\]){0,400}"
_PIECES = re.compile(
    # Most characters begin no link; that is decided at once.
    r"(?=[`~<!\[ \t>])(?:(?P<fence>^[ \t>]*(?P<mark>`{3,}+|~{3,}+)[^\n]*\n(?:.*?^[ \t>]*(?P=mark)[`~]*[ \t]*$|.*\Z))"
    r"|(?P<code>(?<!`)(?P<ticks>`++)(?!`)(?:(?!\n[ \t]*\n).){1,1000}?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--.{0,2000}?-->)"
    rf"|(?P<link>(?P<bang>!?)\[(?P<text>{_INSIDE})\]\([ \t]*"
    r"(?P<end><[^<>\n]*>|[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*)"
    r"(?P<rest>[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?[ \t]*\))"
    # Not footnotes ([^1]: …) and Chinese text after a name ([来源]: 年度报告).
    rf"|(?P<definition>^[ ]{{0,3}}\[(?P<name>(?!\^)[^\[\]\n]{{1,200}})\]:[ \t]*"
    rf"(?={RULES['target']})(?P<to><[^<>\n]*>|[^\s<]+))"
    r"|(?P<tag><(?P<kind>a|img)\b[^<>]{0,2000}>))",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?P<before>\s(?P<key>href|src)\s*=\s*)(?P<q>["'])(?P<end>[^"']*)(?P=q)""", re.IGNORECASE)
_ALT = re.compile(r"""\salt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


@dataclass(frozen=True)
class End:
    """The new target of a link.

    Args:
        address: None to remove the link and keep its words. shows: whether it is a picture to be shown.
    """

    address: str | None
    shows: bool = True


Resolve = Callable[[str, bool], End | None]


def relink(markdown: str, resolve: Resolve) -> str:
    """Replace the targets of all links outside code.

    Args:
        resolve: called with a target and whether it is a picture's; None leaves it unchanged.
    """
    return _PIECES.sub(lambda found: _relinked(found, resolve), markdown)


def _relinked(match: re.Match[str], resolve: Resolve) -> str:
    if match["link"]:
        return _link(match, resolve)
    if match["definition"]:
        end = resolve(match["to"].strip("<>"), False)
        return match[0] if end is None else f"[{match['name']}]: {_bare(end.address or '#')}"
    if match["tag"]:
        return _tag(match, resolve)
    return match[0]


def _link(match: re.Match[str], resolve: Resolve) -> str:
    picture = bool(match["bang"])
    text = match["text"] if picture or "[" not in match["text"] else relink(match["text"], resolve)
    end = resolve(match["end"].strip("<>"), picture)
    rest = match["rest"] or ""
    if end is None:
        return match[0] if text == match["text"] else f"{match['bang']}[{text}]({match['end']}{rest})"
    if end.address is None:
        return text
    bang = match["bang"] if end.shows else ""
    return f"{bang}[{text or (end.address if not bang else '')}]({_bare(end.address)}{rest})"


def _tag(match: re.Match[str], resolve: Resolve) -> str:
    picture = match["kind"].lower() == "img"
    attribute = _ATTRIBUTE.search(match["tag"])
    if attribute is None or (attribute["key"].lower() == "src") != picture:
        return match[0]
    end = resolve(attribute["end"], picture)
    if end is None:
        return match[0]
    if picture and (end.address is None or not end.shows):
        alt = _ALT.search(match["tag"])
        words = (alt[1] or alt[2] or "") if alt else ""
        return words if end.address is None else f'<a href="{end.address}">{words or end.address}</a>'
    address = (end.address or "#").replace('"', "%22")
    before, after = match["tag"][: attribute.start()], match["tag"][attribute.end() :]
    return f'{before}{attribute["before"]}"{address}"{after}'


def _bare(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


# ---- where links lead ------------------------------------------------------------------------------------------------

_REMOTE = re.compile(r"^(?:[A-Za-z][\w+.-]*:|//)")


def is_remote(end: str) -> bool:
    """Return whether a target is outside the upload."""
    return bool(_REMOTE.match(end))


def paths_of(end: str, source: str, root: str) -> tuple[list[str], str]:
    """Return the members a target may mean, best first, and its anchor with ``#`` or ''; none outside the bundle.

    Args:
        source: the document that contains it. root: the top folder, to which ``/a.md`` is relative.
    """
    path, mark, anchor = end.partition("#")
    path = unquote(path.partition("?")[0])
    bases = (root, "") if path.startswith("/") else (posixpath.dirname(source),)
    found = [posixpath.normpath(posixpath.join(base, path.lstrip("/"))) for base in bases]
    inside = [text for text in found if text != ".." and not text.startswith(("../", "/"))]
    return inside, f"{mark}{anchor}"
