"""Match columns to fields: headers are recognised as a whole, or by their end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from zhiliu.kit.text.chinese_text import normalise


def plain_header(header: Any) -> str:
    """Return a header for comparison: folded, without spaces, punctuation and bracketed text."""
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", normalise(str(header or "")))
    return re.sub(r"[\s*:：_\-./#]+", "", text)


def guess(headers: Iterable[str], field_keys: dict[str, str], others: Sequence[str] = ()) -> list[str]:
    """Return a field for each header, '' if none matches; no field twice.

    A header matches as a whole, or by its end: 员工工号 is a 工号. If two match one field, the more usual name wins.

    Args:
        field_keys: keys of fields by name, folded, the usual ones first.
        others: prefixes that refer to someone or something else: 导师工号 is not the person's own.
    """
    headers = [plain_header(header) for header in headers]
    found = _known_whole(headers, field_keys)
    for place, header in enumerate(headers):
        if not found[place] and header not in field_keys:
            ends = [name for name in field_keys if _is_end(name, header, others) and field_keys[name] not in found]
            found[place] = field_keys[max(ends, key=len)] if ends else ""
    return found


def _known_whole(headers: list[str], field_keys: dict[str, str]) -> list[str]:
    best: dict[str, int] = {}
    for name, key in field_keys.items():
        if key not in best and name in headers:
            best[key] = headers.index(name)
    return [
        field_keys[header] if best.get(field_keys.get(header, "")) == place else ""
        for place, header in enumerate(headers)
    ]


def _is_end(name: str, header: str, others: Sequence[str]) -> bool:
    before = header.removesuffix(name)
    return len(name) > 1 and before != header and not any(other in before for other in others)
