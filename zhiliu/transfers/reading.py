"""Read files as rows of cells: XLSX, and CSV in common encodings. The bytes decide the format, not the file name."""

from __future__ import annotations

import codecs
import csv
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage

from zhiliu.kit.text.chinese_text import common_share

from .headers import guess, plain_header
from .packed_files import check_packed, look_into
from .quotes import Quotes
from .unreadable import Unreadable
from .workbooks import MAX_COLUMNS, apart, read_workbook, sheet_rows, sheets_of

# Includes the Hong Kong characters.
_BIG5 = "big5hkscs"


_SAMPLE = 1 << 16


_USUAL = ",\t;"


_DELIMITERS = ",\t;|，"


MAX_LINES = 300_000


_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Shape:
    """The format of a file.

    Args:
        format: ``csv`` or ``xlsx``. encoding, delimiter: of CSV. lines: estimated number. sheet: of a workbook.
    """

    format: str
    encoding: str = ""
    delimiter: str = ""
    lines: int = 0
    sheet: str = ""


def format_of(content: IO[bytes]) -> str:
    """Return ``csv`` or ``xlsx``, from the first bytes and the archive listing, without unpacking.

    Raises:
        Unreadable: another format, or too large when unpacked.
    """
    content.seek(0)
    head = content.read(4096)
    if not head.strip():
        raise Unreadable("empty")
    if head.startswith(_OLE):
        raise Unreadable("old_excel")
    if head.startswith(b"PK"):
        look_into(content)
        return "xlsx"
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<")) or (
        b"\0" in head and not utf16
    ):
        raise Unreadable("no_table")
    return "csv"


def shape_of(path: Path, known_headers: Collection[str] = ()) -> Shape:
    """Return the format of the file; reads all of it.

    Args:
        known_headers: recognised headers, folded.

    Raises:
        Unreadable: no format fits.
    """
    with path.open("rb") as content:
        found = format_of(content)
    if found == "xlsx":
        apart(check_packed, path)
        return Shape("xlsx")
    encoding, lines = _encoding(path)
    return Shape("csv", encoding, _delimiter(path, encoding, known_headers), lines)


def _encoding(path: Path) -> tuple[str, int]:
    """Return the encoding: UTF-8 if valid, else GB18030 or Big5; if none fits, the one with fewest invalid places."""
    with path.open("rb") as content:
        head = content.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", _damage(path, "utf-16")[1]
    found = {}
    for encoding in ("utf-8-sig", "gb18030"):
        damage, lines = _damage(path, encoding)
        if damage == 0:
            return _big5_or(encoding, path), lines
        found[encoding] = (damage, lines)
    best = min(found, key=lambda encoding: found[encoding][0])
    return best, found[best][1]


def _big5_or(encoding: str, path: Path) -> str:
    """Return Big5 if it yields common characters instead of rare ones: nearly all Big5 text is valid GB18030, too."""
    if encoding != "gb18030" or _damage(path, _BIG5)[0]:
        return encoding
    with path.open("rb") as content:
        sample = content.read(_SAMPLE)
    shares = {name: common_share(sample.decode(name, "ignore")) for name in (encoding, _BIG5)}
    return _BIG5 if shares[_BIG5] > shares[encoding] else encoding


def _damage(path: Path, encoding: str) -> tuple[int, int]:
    """Return the number of undecodable places and of line ends."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    damage = lines = 0
    with path.open("rb") as content:
        while chunk := content.read(1 << 18):
            text = decoder.decode(chunk)
            damage += text.count("\ufffd")
            lines += text.count("\n")
    return damage + decoder.decode(b"", True).count("\ufffd"), lines + 1


def _delimiter(path: Path, encoding: str, known_headers: Collection[str]) -> str:
    """Return the delimiter that yields most known headers in a line; if none is known, the most frequent usual one."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = [line for line, _n in zip(file, range(10), strict=False)]

    def weight(sign: str) -> tuple[int, int]:
        headers = max(
            (sum(plain_header(cell.strip("'\"")) in known_headers for cell in line.split(sign)) for line in head),
            default=0,
        )
        return headers, "".join(head).count(sign) if sign in _USUAL else 0

    return max(_DELIMITERS, key=weight)


def records(path: Path, shape: Shape) -> Iterator[tuple[int, list[Any]]]:
    """Yield line numbers and cells of all rows that are not empty.

    Raises:
        Unreadable: the file is damaged.
    """
    rows = _csv(path, shape) if shape.format == "csv" else read_workbook(path, shape.sheet)
    for line, cells in rows:
        cells = [_unwrapped(cell) for cell in cells[:MAX_COLUMNS]]
        if any(cells):
            yield line, cells


# ="00123": written by exports so that spreadsheets keep the leading zeros.
_TEXT_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def _unwrapped(cell: Any) -> Any:
    match = _TEXT_AS_FORMULA.fullmatch(cell.strip()) if isinstance(cell, str) and '="' in cell else None
    return match[1].replace('""', '"') if match else cell


def _csv(path: Path, shape: Shape) -> Iterator[tuple[int, list[Any]]]:
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        try:
            for record in Quotes(shape.delimiter).records(file):
                # Cells can contain line breaks; a record has the number of its first line.
                yield record.line, record.cells
        except csv.Error:
            raise Unreadable("broken") from None


def open_quotes(path: Path, shape: Shape) -> list[int]:
    """Return the lines of a CSV file with an unclosed quotation mark."""
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        return [record.line for record in Quotes(shape.delimiter).records(file) if record.is_open]


def likely_sheets(path: Path, field_keys: dict[str, str], required: set[str], others: Sequence[str]) -> list[str]:
    """Return the sheets whose headers contain all required fields; if there are none, all visible sheets.

    Args:
        field_keys: keys by header, folded. required: keys. others: as for :func:`.headers.guess`.
    """
    sheets = sheets_of(path)
    likely = [name for name in sheets if required <= _fields_of(path, name, field_keys, others)]
    return likely or sheets


def _fields_of(path: Path, sheet: str, field_keys: dict[str, str], others: Sequence[str]) -> set[str]:
    try:
        rows = ((line, cells) for line, cells in sheet_rows(path, sheet) if any(cells))
        _line, headers, _samples = header_of(rows, list(field_keys))
    except Unreadable:
        return set()
    return set(guess(headers, field_keys, others)) - {""}


def header_of(
    rows: Iterator[tuple[int, list[Any]]], known_headers: Sequence[str]
) -> tuple[int, list[str], list[list[str]]]:
    """Return the header line, its texts, and the first rows below it.

    Titles can come before the headers: of the first ten rows the one with most known headers is used.

    Args:
        known_headers: recognised headers, folded.

    Raises:
        Unreadable: there are no rows below.
    """
    first = [row for row, _n in zip(rows, range(14), strict=False)]
    if not first:
        raise Unreadable("empty")
    scores = [sum(plain_header(cell) in known_headers for cell in cells) for _line, cells in first[:10]]
    at = scores.index(max(scores))
    line, cells = first[at]
    headers = [str(cell or "").strip()[:80] for cell in cells]
    samples = [[_sample(cell) for cell in below] for _line, below in first[at + 1 : at + 4]]
    if not samples:
        raise Unreadable("no_rows")
    return line, headers, samples


def _sample(cell: Any) -> str:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell if cell is not None else "")
    return text.strip()[:60]


@contextmanager
def kept_file(path: str) -> Iterator[Path]:
    """Yield the stored file as a local path, copied from a remote storage if necessary."""
    try:
        yield Path(default_storage.path(path))
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, default_storage.open(path) as content:
            shutil.copyfileobj(content, copy)
            copy.flush()
            yield Path(copy.name)
