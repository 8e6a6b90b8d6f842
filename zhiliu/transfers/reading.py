"""Files as rows of cells: CSV in the encodings that occur, and XLSX. What a file is, its bytes tell, not its name."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import html
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.system.confined import Overrun, confined
from zhiliu.kit.text.chinese_text import common_share

from .cell_errors import Cells, error_cells, has_errors
from .cell_formats import Forms, padded_cells, padding_styles, with_zeros
from .headers import guess, plain_header
from .quotes import Quotes

R = TypeVar("R")
# With the characters of Hong Kong.
_BIG5 = "big5hkscs"
_SAMPLE = 1 << 16
_USUAL = ",\t;"
_DELIMITERS = ",\t;|，"
MAX_UNPACKED = 400 << 20
# Of what says which parts are packed; a workbook has a few hundred at most.
MAX_LIST = 4 << 20
MAX_COLUMNS = 200
MAX_SHEETS = 20
# 100,000 people take about ten.
XLSX_SECONDS = 120
MAX_LINES = 300_000
# A cell beyond column GZ or line 300,000.
_FAR = re.compile(rb"""r\s*=\s*["'](?:(?:[A-Z]{3,}|[H-Z][A-Z])\d+|[A-Z]{0,2}(?:\d{7,}|[3-9]\d{5}))["']""")
_OLE = b"\xd0\xcf\x11\xe0"
SENTENCES: dict[str, Any] = {
    "empty": _("The file is empty."),
    "too_large": _("Unpacked, the file would be too large to open. Split it, or save it as CSV."),
    "old_excel": _("This is an old or password-protected Excel file. Save it as .xlsx without a password, or as CSV."),
    "no_table": _("This is not a table. Choose a CSV or an XLSX file."),
    "broken": _("The file is damaged. Save it again and retry."),
    "no_rows": _("There are no rows below the headers."),
    "too_slow": _("This document takes too long to read."),
    "crashed": _("Reading this file stopped the background process twice, so we gave up."),
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
        format: ``csv`` or ``xlsx``. encoding, delimiter: of CSV. lines: about how many. sheet: of a workbook.
    """

    format: str
    encoding: str = ""
    delimiter: str = ""
    lines: int = 0
    sheet: str = ""


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


_END, _END_64 = b"PK\5\6", b"PK\6\6"


def list_bytes(content: IO[bytes]) -> int:
    """How many bytes the list of a packed file takes, as its end says; the position stays where it was.

    Opening one reads the whole list: of a file that is nothing but list that would be millions of entries.
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


def _look_into(content: IO[bytes]) -> None:
    if list_bytes(content) > MAX_LIST:
        raise Unreadable("too_large")
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


def shape_of(path: Path, known: Collection[str] = ()) -> Shape:
    """How the file is read; goes through all of it.

    Args:
        known: headers that are recognised, folded.

    Raises:
        Unreadable: it cannot be.
    """
    with path.open("rb") as content:
        found = format_of(content)
    if found == "xlsx":
        apart(check_packed, path)
        return Shape("xlsx")
    encoding, lines = _encoding(path)
    return Shape("csv", encoding, _delimiter(path, encoding, known), lines)


def _encoding(path: Path) -> tuple[str, int]:
    """UTF-8 if it can be, else GB18030 or Big5; where none fits throughout, the one with fewest unreadable places."""
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
    """Big5 if that makes usual characters of what would be rare ones: nearly all of it is GB18030, too."""
    if encoding != "gb18030" or _damage(path, _BIG5)[0]:
        return encoding
    with path.open("rb") as content:
        sample = content.read(_SAMPLE)
    shares = {name: common_share(sample.decode(name, "ignore")) for name in (encoding, _BIG5)}
    return _BIG5 if shares[_BIG5] > shares[encoding] else encoding


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


def _delimiter(path: Path, encoding: str, known: Collection[str]) -> str:
    """The sign that makes most known headers of a line; where no header is known, the usual one that is there most."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = [line for line, _n in zip(file, range(10), strict=False)]

    def weight(sign: str) -> tuple[int, int]:
        headers = max(
            (sum(plain_header(cell.strip("'\"")) in known for cell in line.split(sign)) for line in head), default=0
        )
        return headers, "".join(head).count(sign) if sign in _USUAL else 0

    return max(_DELIMITERS, key=weight)


def records(path: Path, shape: Shape) -> Iterator[tuple[int, list[Any]]]:
    """Line numbers and cells of all rows that are not empty.

    Raises:
        Unreadable: the file is damaged.
    """
    rows = _csv(path, shape) if shape.format == "csv" else _xlsx(path, shape.sheet)
    for line, cells in rows:
        cells = [_unwrapped(cell) for cell in cells[:MAX_COLUMNS]]
        if any(cells):
            yield line, cells


# ="00123": so exports keep a spreadsheet from making a number of it.
_TEXT_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def _unwrapped(cell: Any) -> Any:
    match = _TEXT_AS_FORMULA.fullmatch(cell.strip()) if isinstance(cell, str) and '="' in cell else None
    return match[1].replace('""', '"') if match else cell


def _csv(path: Path, shape: Shape) -> Iterator[tuple[int, list[Any]]]:
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        try:
            for record in Quotes(shape.delimiter).records(file):
                # A cell may hold line breaks: the record is found where it begins.
                yield record.line, record.cells
        except csv.Error:
            raise Unreadable("broken") from None


def open_quotes(path: Path, shape: Shape) -> list[int]:
    """Lines of a CSV file with a quotation mark that is not closed."""
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        return [record.line for record in Quotes(shape.delimiter).records(file) if record.is_open]


def apart(function: Callable[..., R], *args: Any) -> R:
    """Call a function of this module in a process with limits.

    Raises:
        Unreadable: the file takes too much time or memory, or whatever the function says.
    """
    try:
        return confined(function, *args, seconds=XLSX_SECONDS)
    except Overrun:
        raise Unreadable("too_slow") from None


def _xlsx(path: Path, name: str) -> Iterator[tuple[int, list[Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows"
        apart(_write_rows, path, name, rows)
        with rows.open("rb") as lines:
            for line in lines:
                number, cells = json.loads(line)
                yield number, [_read_cell(cell) for cell in cells]


def _write_rows(path: Path, name: str, rows: Path) -> None:
    with rows.open("w") as out:
        for line, cells in _sheet_rows(path, name):
            json.dump([line, cells[:MAX_COLUMNS]], out, default=_written_cell)
            out.write("\n")


def _written_cell(value: Any) -> dict[str, str]:
    if isinstance(value, dt.datetime | dt.date):
        return {"day": value.isoformat()}
    return {"text": str(value)}


def _read_cell(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    return dt.datetime.fromisoformat(cell["day"]) if "day" in cell else cell["text"]


def _sheet_rows(path: Path, name: str) -> Iterator[tuple[int, list[Any]]]:
    sheet = _sheet(path, name)
    rows = _with_errors(enumerate(sheet.iter_rows(), start=1), _errors(path, sheet.name))
    rows = with_zeros(rows, _padded(path, sheet.name))
    yield from _with_merged(rows, sheet.merged_cell_ranges or [])


def _errors(path: Path, name: str) -> Cells:
    with zipfile.ZipFile(path) as packed:
        with _opened_sheet(packed, name) as part:
            if not has_errors(part):
                return {}
        with _opened_sheet(packed, name) as part:
            return error_cells(part)


def _padded(path: Path, name: str) -> Forms:
    """Hardly any workbook has such a style, and only those are read a second time."""
    with zipfile.ZipFile(path) as packed:
        if "xl/styles.xml" not in packed.namelist():
            return {}
        with packed.open("xl/styles.xml") as part:
            styles = padding_styles(part)
        if not styles:
            return {}
        with _opened_sheet(packed, name) as part:
            return padded_cells(part, styles)


def _with_errors(rows: Iterator[tuple[int, list[Any]]], errors: Cells) -> Iterator[tuple[int, list[Any]]]:
    for line, cells in rows:
        for column, text in errors.get(line, {}).items():
            if column < len(cells) and cells[column] == "":
                cells[column] = text
        yield line, cells


def _sheet(path: Path, name: str) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as book:
            return book.get_sheet_by_name(name or sheets_of(path)[0])
    except (CalamineError, OSError, ValueError):
        raise Unreadable("broken") from None


def sheets_of(path: Path) -> list[str]:
    """Sheets of a workbook that somebody who opens it sees and that hold something.

    Raises:
        Unreadable: there is none.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(path) as book:
            shown = [sheet for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible][:MAX_SHEETS]
            tables = [sheet.name for sheet in shown if sheet.typ == SheetTypeEnum.WorkSheet]
            found = [name for name in tables if book.get_sheet_by_name(name).height]
    except (CalamineError, OSError, ValueError):
        raise Unreadable("broken") from None
    if not found:
        raise Unreadable("empty")
    return found


def sheet_fault(path: Path, name: str) -> str:
    """Why a sheet cannot be read: there is ``none`` of this name, or it is ``unseen``, hidden or empty; else ''.

    Raises:
        Unreadable: the workbook is damaged.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(path) as book:
            tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            found = next((table for table in tables if table.name == name), None)
            if found is None:
                return "none"
            is_seen = found.visible == SheetVisibleEnum.Visible
            return "" if is_seen and book.get_sheet_by_name(name).height else "unseen"
    except (CalamineError, OSError, ValueError):
        raise Unreadable("broken") from None


Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def _with_merged(rows: Iterator[tuple[int, list[Any]]], merged: Merged) -> Iterator[tuple[int, list[Any]]]:
    """A cell merged over several rows says the same in each of them; the file has it in the first only."""
    down = {first: last[0] for first, last in merged if last[0] > first[0]}
    until: dict[int, tuple[int, Any]] = {}
    for line, cells in rows:
        if any(cells):
            for column, (last, value) in until.items():
                if line - 1 <= last and column < len(cells) and cells[column] == "":
                    cells[column] = value
        for column in [column for row, column in down if row == line - 1] if down else []:
            if column < len(cells):
                until[column] = (down[line - 1, column], cells[column])
        yield line, cells


_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")


def hidden_rows(path: Path, name: str) -> list[int]:
    """Numbers of rows that are hidden in a sheet: by hand, or by a filter."""
    found = []
    with zipfile.ZipFile(path) as packed, _opened_sheet(packed, name) as part:
        before = b""
        while chunk := part.read(1 << 20):
            text = before + chunk
            tags = list(_ROW.finditer(text))
            found += [int(_attribute(tag[0], b"r") or 0) for tag in tags if _HIDDEN.search(tag[0])]
            before = text[max(text.rfind(b"<"), tags[-1].end() if tags else 0) :][:4096]
    return sorted({row for row in found if row})


def _opened_sheet(packed: zipfile.ZipFile, name: str) -> IO[bytes]:
    """The part of a workbook in which a sheet lies; nothing where it is not found."""
    names = [tag[0] for tag in _SHEET.finditer(packed.read("xl/workbook.xml"))]
    key = next((_attribute(tag, rb"(?:\w+:)?id") for tag in names if _attribute(tag, b"name") == name), "")
    links = re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", packed.read("xl/_rels/workbook.xml.rels"))
    target = next((_attribute(tag, b"Target") for tag in links if _attribute(tag, b"Id") == key), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return packed.open(part) if key and part in packed.namelist() else io.BytesIO()


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape((match[1] or match[2] or b"").decode("utf-8", "replace")) if match else ""


def likely_sheets(path: Path, known: dict[str, str], required: set[str], others: Sequence[str]) -> list[str]:
    """The sheets whose headers have all required fields; where none has, all that are seen.

    Args:
        known: keys of fields by header, folded. required: keys. others: as for :func:`.headers.guess`.
    """
    sheets = sheets_of(path)
    likely = [name for name in sheets if required <= _fields_of(path, name, known, others)]
    return likely or sheets


def _fields_of(path: Path, sheet: str, known: dict[str, str], others: Sequence[str]) -> set[str]:
    try:
        rows = ((line, cells) for line, cells in _sheet_rows(path, sheet) if any(cells))
        _line, headers, _samples = header_of(rows, list(known))
    except Unreadable:
        return set()
    return set(guess(headers, known, others)) - {""}


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
    scores = [sum(plain_header(cell) in known for cell in cells) for _line, cells in first[:10]]
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
    """The kept file as one on this machine, copied where the storage is elsewhere."""
    try:
        yield Path(default_storage.path(path))
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, default_storage.open(path) as content:
            shutil.copyfileobj(content, copy)
            copy.flush()
            yield Path(copy.name)
