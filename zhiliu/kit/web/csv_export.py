"""CSV export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse


def csv_answer(rows: Iterator[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """Return rows as a CSV download, streamed.

    Args:
        name: of the file, without extension; ASCII.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


def as_csv(rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    """Yield the parts of a CSV file that spreadsheets open as UTF-8; no cell can be interpreted as a formula."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_harmless(str(cell)) for cell in row])
        yield line.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
