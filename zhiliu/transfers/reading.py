"""Files as rows of cells: CSV in the encodings that occur, and XLSX. What a file is, its bytes tell, not its name."""

from __future__ import annotations

import codecs
import csv
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.hanzi import fold

MAX_UNPACKED = 400 << 20
MAX_COLUMNS = 200
MAX_LINES = 300_000
# A cell beyond column GZ or line 300,000.
_FAR = re.compile(rb"""r\s*=\s*["'](?:(?:[A-Z]{3,}|[H-Z][A-Z])\d+|[A-Z]{0,2}(?:\d{7,}|[3-9]\d{5}))["']""")
_OLE = b"\xd0\xcf\x11\xe0"
SENTENCES: dict[str, Any] = {
    "empty": _("The file is empty."),
    "too_large": _("Unpacked, the file would be too large to open. Split it, or save it as CSV."),
    "old_excel": _("This is an old or a locked Excel file. Save it as .xlsx without a password, or as CSV."),
    "no_table": _("This is not a table. Choose a CSV or an XLSX file."),
    "broken": _("The file is damaged. Save it anew and try again."),
    "no_rows": _("There is nothing below the headers."),
    "too_many": _("The file has more than 300,000 lines. Split it."),
}


class Unreadable(Exception):
    """A file that cannot be read; ``code`` names the sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Shape:
    """How a file is read.

    Args:
        format: ``csv`` or ``xlsx``. encoding, delimiter: of CSV. lines: about how many.
    """

    format: str
    encoding: str = ""
    delimiter: str = ""
    lines: int = 0


def format_of(content: IO[bytes]) -> str:
    """``csv`` or ``xlsx``, from the first bytes and the list of what is packed; nothing is unpacked.

    Raises:
        Unreadable: something else, or a packed file that would be too large.
    """
    content.seek(0)
    head = content.read(4096)
    if not head.strip():
        raise Unreadable("empty")
    if head.startswith(_OLE):
        raise Unreadable("old_excel")
    if head.startswith(b"PK"):
        _look_into(content)
        return "xlsx"
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<")) or (
        b"\0" in head and not utf16
    ):
        raise Unreadable("no_table")
    return "csv"


def _look_into(content: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        raise Unreadable("broken") from None
    if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > 10_000:
        raise Unreadable("too_large")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable("no_table")


def check_packed(path: Path) -> None:
    """Unpack once without keeping anything: what lies about its size, or reaches too far, fails here and not in the
    reader.

    Raises:
        Unreadable: it does.
    """
    try:
        with path.open("rb") as content:
            _look_into(content)
            with zipfile.ZipFile(content) as packed:
                for part in packed.infolist():
                    with packed.open(part) as unpacked:
                        _refuse_far_cells(unpacked, part.filename)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Unreadable("broken") from None


def _refuse_far_cells(unpacked: IO[bytes], name: str) -> None:
    """The reader makes room for every cell up to the last one: a single one far away would take all memory."""
    before = b""
    while chunk := unpacked.read(1 << 20):
        if name.startswith("xl/worksheets/") and _FAR.search(before + chunk):
            raise Unreadable("too_large")
        before = chunk[-40:]


def shape_of(path: Path) -> Shape:
    """How the file is read; goes through all of it.

    Raises:
        Unreadable: it cannot be.
    """
    with path.open("rb") as content:
        found = format_of(content)
    if found == "xlsx":
        check_packed(path)
        return Shape("xlsx")
    encoding, lines = _encoding(path)
    return Shape("csv", encoding, _delimiter(path, encoding), lines)


def _encoding(path: Path) -> tuple[str, int]:
    """UTF-8 if it can be, else GB18030; where neither fits throughout, the one with fewer unreadable places."""
    with path.open("rb") as content:
        head = content.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", _damage(path, "utf-16")[1]
    found = {}
    for encoding in ("utf-8-sig", "gb18030"):
        damage, lines = _damage(path, encoding)
        if damage == 0:
            return encoding, lines
        found[encoding] = (damage, lines)
    best = min(found, key=lambda encoding: found[encoding][0])
    return best, found[best][1]


def _damage(path: Path, encoding: str) -> tuple[int, int]:
    """How many places cannot be read, and how many line ends there are."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    damage = lines = 0
    with path.open("rb") as content:
        while chunk := content.read(1 << 18):
            text = decoder.decode(chunk)
            damage += text.count("\ufffd")
            lines += text.count("\n")
    return damage + decoder.decode(b"", True).count("\ufffd"), lines + 1


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = "".join(line for line, _n in zip(file, range(10), strict=False))
    return max(",\t;", key=head.count)


def records(path: Path, shape: Shape) -> Iterator[tuple[int, list[Any]]]:
    """Line numbers and cells of all rows that are not empty.

    Raises:
        Unreadable: the file is damaged.
    """
    rows = _csv(path, shape) if shape.format == "csv" else _xlsx(path)
    for line, cells in rows:
        if any(cells):
            yield line, cells[:MAX_COLUMNS]


def _csv(path: Path, shape: Shape) -> Iterator[tuple[int, list[Any]]]:
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=shape.delimiter)
        before = 0
        try:
            for cells in reader:
                # A cell may hold line breaks: the record is found where it begins.
                yield before + 1, cells
                before = reader.line_num
        except csv.Error:
            raise Unreadable("broken") from None


def _xlsx(path: Path) -> Iterator[tuple[int, list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [book.get_sheet_by_index(place) for place in range(min(len(book.sheet_names), 20))]
        sheet = next((one for one in sheets if one.height), None)
    except (CalamineError, OSError, ValueError):
        raise Unreadable("broken") from None
    if sheet is None:
        raise Unreadable("empty")
    yield from enumerate(sheet.iter_rows(), start=1)


def header_of(rows: Iterator[tuple[int, list[Any]]], known: Sequence[str]) -> tuple[int, list[str], list[list[str]]]:
    """The header line, its texts, and the first rows below it.

    A title may stand above the headers: of the first ten rows it is the one with most known headers.

    Args:
        known: headers that are recognised, folded.

    Raises:
        Unreadable: there is nothing below.
    """
    first = [row for row, _n in zip(rows, range(14), strict=False)]
    if not first:
        raise Unreadable("empty")
    scores = [sum(plain(cell) in known for cell in cells) for _line, cells in first[:10]]
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


def plain(header: Any) -> str:
    """A header as it is compared: folded, without spaces, marks and what stands in brackets."""
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", fold(str(header or "")))
    return re.sub(r"[\s*:：_\-./#]+", "", text)


@contextmanager
def kept_file(path: str) -> Iterator[Path]:
    """The kept file as one on this machine, copied where the storage is elsewhere."""
    try:
        yield Path(default_storage.path(path))
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, default_storage.open(path) as content:
            shutil.copyfileobj(content, copy)
            copy.flush()
            yield Path(copy.name)
