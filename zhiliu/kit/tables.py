"""Tables as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any


def as_csv(rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    """Rows as pieces of a CSV file that spreadsheets open as UTF-8; no cell can be taken for a formula."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_harmless(str(cell)) for cell in row])
        yield line.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
