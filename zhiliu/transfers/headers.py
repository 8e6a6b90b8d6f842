"""Which column may be what: headers are recognised whole, or by their end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from zhiliu.kit.text.chinese_text import normalise


def plain_header(header: Any) -> str:
    """A header as it is compared: folded, without spaces, marks and what stands in brackets."""
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", normalise(str(header or "")))
    return re.sub(r"[\s*:：_\-./#]+", "", text)


def guess(headers: Iterable[str], known: dict[str, str], others: Sequence[str] = ()) -> list[str]:
    """A field for each header, '' where none fits; none twice.

    A header is recognised whole, or by its end: 员工工号 is a 工号. Of two for one field the more usual name counts.

    Args:
        known: keys of fields by name, folded, the usual ones first.
        others: what names somebody or something else before the end: 导师工号 is not theirs.
    """
    headers = [plain_header(header) for header in headers]
    found = _known_whole(headers, known)
    for place, header in enumerate(headers):
        if not found[place] and header not in known:
            ends = [name for name in known if _is_end(name, header, others) and known[name] not in found]
            found[place] = known[max(ends, key=len)] if ends else ""
    return found


def _known_whole(headers: list[str], known: dict[str, str]) -> list[str]:
    best: dict[str, int] = {}
    for name, key in known.items():
        if key not in best and name in headers:
            best[key] = headers.index(name)
    return [known[header] if best.get(known.get(header, "")) == place else "" for place, header in enumerate(headers)]


def _is_end(name: str, header: str, others: Sequence[str]) -> bool:
    before = header.removesuffix(name)
    return len(name) > 1 and before != header and not any(other in before for other in others)
