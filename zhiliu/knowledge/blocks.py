"""Split a Markdown text into its top-level blocks: headings, paragraphs, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt

from zhiliu.kit.text.markdown_rules import markdown as rules

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?=\n|\Z)")


@cache
def _parser() -> MarkdownIt:
    return rules(html=True)


def blocks_of(text: str) -> list[str]:
    """Return the top-level blocks of a text in order. Lines that render nothing (definitions) are separate blocks."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    body = text[start:].split("\n")
    ends = sorted(
        {line for token in _parser().parse("\n".join(body)) if not token.level and token.map for line in token.map}
    )
    borders = [0, *ends, len(body)]
    parts = ["\n".join(body[first:last]).strip("\n") for first, last in pairwise(borders)]
    return [part for part in [front[0] if front else "", *parts] if part.strip()]


def theirs_with_my_changes(theirs: str, mine: str, earlier: Iterable[str]) -> str:
    """Return their text, with the blocks that are only in mine appended.

    Args:
        earlier: texts I may have started from; blocks found in one of them are not my changes.
    """
    unchanged = {block for text in [theirs, *earlier] for block in blocks_of(text)}
    changed = [block for block in blocks_of(mine) if block not in unchanged]
    end = "\n" if mine.endswith("\n") else ""
    return "\n\n".join([theirs.rstrip(), *changed]) + end
