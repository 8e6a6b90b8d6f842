"""A text as its blocks: headings, paragraphs, lists, tables, each with its own lines."""

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
    """The top-level blocks of a text in order; lines nothing is shown of (definitions) are blocks of their own."""
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
    """Their text, and below it the blocks that are only in mine.

    Args:
        earlier: texts I may have begun from; what stands in one of them I have not written now.
    """
    known = {block for text in [theirs, *earlier] for block in blocks_of(text)}
    changed = [block for block in blocks_of(mine) if block not in known]
    end = "\n" if mine.endswith("\n") else ""
    return "\n\n".join([theirs.rstrip(), *changed]) + end
