"""Inspect packed files before unpacking, so that they cannot fill disk or memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO

from .unreadable import Unreadable

MAX_UNPACKED = 400 << 20


# Maximum size of the listing in bytes; a workbook has a few hundred entries at most.
MAX_LIST = 4 << 20


# A cell beyond column GZ or line 300,000.
_FAR = re.compile(rb"""r\s*=\s*["'](?:(?:[A-Z]{3,}|[H-Z][A-Z])\d+|[A-Z]{0,2}(?:\d{7,}|[3-9]\d{5}))["']""")


_END, _END_64 = b"PK\5\6", b"PK\6\6"


def list_bytes(content: IO[bytes]) -> int:
    """Return the size in bytes of the central directory of a packed file; the position is unchanged.

    Opening a packed file reads the whole directory, which could have millions of entries.
    """
    before, size = content.tell(), content.seek(0, 2)
    content.seek(max(0, size - (1 << 16) - 200))
    tail = content.read()
    content.seek(before)
    found = max(tail.rfind(_END), 0)
    said = int.from_bytes(tail[found + 12 : found + 16], "little") if tail[found : found + 4] == _END else 0
    if said < 0xFFFFFFFF:
        return said
    large = tail.rfind(_END_64, 0, found)
    return int.from_bytes(tail[large + 40 : large + 48], "little") if large >= 0 else size


def look_into(content: IO[bytes]) -> None:
    if list_bytes(content) > MAX_LIST:
        raise Unreadable("too_large")
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Unreadable("broken") from None
    if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > 10_000:
        raise Unreadable("too_large")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable("no_table")


def check_packed(path: Path) -> None:
    """Unpack once without storing anything: wrong sizes and far cells fail here instead of in the reader.

    Raises:
        Unreadable: it has them.
    """
    try:
        with path.open("rb") as content:
            look_into(content)
            with zipfile.ZipFile(content) as packed:
                for part in packed.infolist():
                    with packed.open(part) as unpacked:
                        _refuse_far_cells(unpacked, part.filename)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Unreadable("broken") from None


def _refuse_far_cells(unpacked: IO[bytes], name: str) -> None:
    """Refuse far cells: the reader allocates every cell up to the last one, so a single one could exhaust memory."""
    before = b""
    while chunk := unpacked.read(1 << 20):
        if name.startswith("xl/worksheets/") and _FAR.search(before + chunk):
            raise Unreadable("too_large")
        before = chunk[-40:]
