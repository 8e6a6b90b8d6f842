"""Converts a chat message to article Markdown that renders the same.

The talk parser decides what is a mark; everything else is text, and is escaped where an article would see a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from .chinese_text import without_invisibles
from .markdown_rules import markdown

_OTHER_SIGN = {"-": "*", "*": "-"}
_SIGN = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|$)|[*`$]|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|<(?=[A-Za-z/!?])"
    r"|\[(?=\^)|!(?=\[)|\](?=[(:])"
)
# Where talk sees no address, an article may see one between escaped characters.
_NO_ADDRESS = re.compile(
    r"(?<=www)\.|\.(?=(?:com|cn|net|org|gov|edu)\b)|:(?=//)|@(?=[\w-]+\.)", re.ASCII | re.IGNORECASE
)
# Headings, lists, rules, tables and quotes begin a line with these; no mark written here does.
_LINE_START = re.compile(r"#{1,6}(?=\s|$)|[+\-](?=\s|$)|(?=[-=:|\s]+$)[-=:|]|>|\d{1,9}(?=[.)](?:\s|$))")
_ALONE_BEFORE = re.compile(r"(?:^|\s|(?<!\\)[^\x00-\x7f])$")
_ALONE_AFTER = re.compile(r"\s|[^\x00-\x7f]")
_BARE = re.compile(r"(?:https?://|www\.)[\w./?#=&%:@+,;~-]*[\w/=]|[\w.-]+(?:@[\w-]+\.|\.)[\w./-]*\w", re.ASCII)


def from_talk(source: str) -> str:
    """Return a chat message as article Markdown that renders the same."""
    env: dict[str, Any] = {}
    source = without_invisibles(source)
    tokens = markdown(talk=True).parse(source, env)
    if env["too_deep"]:
        return _lines(_escaped("\n".join(filter(None, map(str.strip, source.split("\n"))))))
    return "\n\n".join(_blocks(SyntaxTreeNode(tokens).children))


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> list[str]:
    blocks: list[str] = []
    before = ""
    for node in nodes:
        sign = _OTHER_SIGN[node.markup] if node.type == "bullet_list" and before == node.markup else node.markup
        blocks.append(_block(node, sign))
        before = sign if node.type == "bullet_list" else ""
    return [block for block in blocks if block]


def _block(node: SyntaxTreeNode, sign: str) -> str:
    if node.type == "bullet_list":
        return _list(node, sign)
    if node.type == "blockquote":
        return _indented("\n\n".join(_blocks(node.children)), "> ", "> ")
    if node.type == "fence":
        return _fence(node)
    return _lines(_inline(node.children[0].children))


def _list(node: SyntaxTreeNode, sign: str) -> str:
    paragraphs = [block for item in node.children for block in item.children if block.type == "paragraph"]
    gap = "\n" if all(block.hidden for block in paragraphs) else "\n\n"
    return gap.join(_indented(gap.join(_blocks(item.children)), f"{sign} ", "  ") for item in node.children)


def _indented(text: str, first: str, others: str) -> str:
    head, *rest = text.split("\n")
    return "\n".join([first + head, *(others + line if line else others.rstrip() for line in rest)])


def _fence(node: SyntaxTreeNode) -> str:
    longest = max((len(run) for run in re.findall(r"`+", node.content)), default=0)
    fence = "`" * max(3, longest + 1)
    content = node.content if node.content.endswith("\n") or not node.content else f"{node.content}\n"
    return f"{fence}{node.info.strip()}\n{content}{fence}"


def _lines(text: str) -> str:
    """Escape the start of each line of a paragraph, and end lines with a backslash."""
    return "\\\n".join(
        _LINE_START.sub(_escape_sign, line, count=1) if _LINE_START.match(line) else line for line in text.split("\n")
    )


def _escape_sign(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdecimal() else f"\\{match[0]}"


# ---- inline ----------------------------------------------------------------------------------------------------------


def _inline(nodes: list[SyntaxTreeNode], linked: bool = False, end: str | None = None) -> str:
    """Convert the nodes of a line that ends before the character ``end``.

    Neighbouring text nodes are joined, so that the characters beside a mark are known.
    """
    pieces: list[str] = []
    words = ""
    for place, node in enumerate(nodes):
        if node.type in _TEXT:
            words += node.content if node.type == "text" else "\n"
            continue
        after = nodes[place + 1].content if place + 1 < len(nodes) else end
        pieces += [_escaped(words, linked, node), _mark(node, words, after, linked)]
        words = ""
    return "".join([*pieces, _escaped(words, linked)])


_TEXT = ("text", "softbreak", "hardbreak")


def _escaped(text: str, linked: bool = False, after: SyntaxTreeNode | None = None) -> str:
    text = _NO_ADDRESS.sub(r"\\\g<0>", _SIGN.sub(r"\\\g<0>", text))
    if linked:
        text = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", text)
    # Before a link it would turn the link into a picture.
    return f"{text[:-1]}\\!" if text.endswith("!") and after is not None and after.type == "link" else text


def _mark(node: SyntaxTreeNode, before: str, after: str | None, linked: bool) -> str:
    if node.type == "code_inline":
        return _code(node.content)
    if node.type == "link":
        return _address(node, before, after) if node.markup in ("linkify", "autolink") else _link(node)
    sign = {"strong": "**", "em": "*", "s": "~~"}[node.type]
    return sign + _inline(node.children, linked, sign) + sign


def _code(content: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall(r"`+", content)), default=0) + 1)
    room = " " if content[0] in " `" or content[-1] in " `" else ""
    return f"{fence}{room}{content}{room}{fence}"


def _address(node: SyntaxTreeNode, before: str, after: str | None) -> str:
    """Return an address as typed if nothing beside it is escaped; else delimited.

    Args:
        after: the text behind it, None at the end.
    """
    words = node.children[0].content
    is_alone = _ALONE_BEFORE.search(before) and (after is None or _ALONE_AFTER.match(after))
    if is_alone and node.markup == "linkify" and _BARE.fullmatch(words):
        return words
    return f"<{words}>" if re.fullmatch(r"[a-z]{2,}:[^\s<>]*", words) else _link(node)


def _link(node: SyntaxTreeNode) -> str:
    href = re.sub(r"&(?=#?\w+;)", r"\&", str(node.attrs["href"]))
    title = str(node.attrs.get("title") or "")
    quoted = ' "' + re.sub(r'[\\"&]', r"\\\g<0>", title).replace("\n", " ") + '"' if title else ""
    target = f"<{href}>" if not href or re.search(r"[()]", href) else href
    return f"[{_inline(node.children, linked=True)}]({target}{quoted})"
