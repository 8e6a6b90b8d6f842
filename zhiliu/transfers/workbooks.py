"""Read workbooks as rows of cells, in a process with limits, and restore what the reader leaves out."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from zhiliu.kit.system.confined import Overrun, confined

from .cell_errors import Cells, error_cells, has_errors
from .cell_formats import Forms, padded_cells, padding_styles, with_zeros
from .unreadable import Unreadable

R = TypeVar("R")


# In seconds; 100,000 people take about ten.
XLSX_SECONDS = 120


MAX_COLUMNS = 200


MAX_SHEETS = 20


def apart(function: Callable[..., R], *args: Any) -> R:
    """Call a function of this module in a process with limits.

    Raises:
        Unreadable: the file needs too much time or memory, or the function raises it.
    """
    try:
        return confined(function, *args, seconds=XLSX_SECONDS)
    except Overrun:
        raise Unreadable("too_slow") from None


def read_workbook(path: Path, name: str) -> Iterator[tuple[int, list[Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows"
        apart(_write_rows, path, name, rows)
        with rows.open("rb") as lines:
            for line in lines:
                number, cells = json.loads(line)
                yield number, [_read_cell(cell) for cell in cells]


def _write_rows(path: Path, name: str, rows: Path) -> None:
    with rows.open("w") as out:
        for line, cells in sheet_rows(path, name):
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


def sheet_rows(path: Path, name: str) -> Iterator[tuple[int, list[Any]]]:
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
    """Return the padded cells; hardly any workbook has them, and only those are read a second time."""
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
    """Return the visible sheets of a workbook that have contents.

    Raises:
        Unreadable: there are none.
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
    """Return why a sheet cannot be read: ``none`` has this name, or it is ``unseen``, hidden or empty; else ''.

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
    """Repeat the value of merged cells in each row; the file has it in the first row only."""
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
    """Return the numbers of hidden rows of a sheet, hidden by hand or by a filter."""
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
    """Return the part of a workbook that contains a sheet; an empty one if it is not found."""
    names = [tag[0] for tag in _SHEET.finditer(packed.read("xl/workbook.xml"))]
    key = next((_attribute(tag, rb"(?:\w+:)?id") for tag in names if _attribute(tag, b"name") == name), "")
    links = re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", packed.read("xl/_rels/workbook.xml.rels"))
    target = next((_attribute(tag, b"Target") for tag in links if _attribute(tag, b"Id") == key), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return packed.open(part) if key and part in packed.namelist() else io.BytesIO()


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape((match[1] or match[2] or b"").decode("utf-8", "replace")) if match else ""
