"""Numbers that a sheet shows with leading zeros (000777) but stores as 777, which is what the workbook reader returns.

The displayed form is the intended one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers.expat import ExpatError, ParserCreate

from .cell_errors import Places

# 000000, and "E"000000 with letters before the number.
_PADDED = re.compile(r'(?:"([\w-]*)")?(0+)(?:;.*)?')
Rows = Iterator[tuple[int, list[Any]]]
# Letters before a number, and its minimum number of digits.
Form = tuple[str, int]
Forms = dict[int, dict[int, Form]]


def padding_styles(part: IO[bytes]) -> dict[str, Form]:
    """Return the styles of a workbook that pad numbers with zeros, by the id cells refer to."""
    reader = _Styles()
    _read_through(part, reader)
    return reader.found


def padded_cells(part: IO[bytes], styles: dict[str, Form]) -> Forms:
    """Return the cells of a sheet with such a style, by line (from 1) and column (from 0)."""
    reader = _Cells(styles)
    _read_through(part, reader)
    return reader.found


def with_zeros(rows: Rows, forms: Forms) -> Rows:
    """Return rows with the numbers as displayed."""
    for line, cells in rows:
        for column, (before, width) in forms.get(line, {}).items():
            if column < len(cells) and _is_count(cells[column]):
                cells[column] = f"{before}{int(cells[column]):0{width}}"
        yield line, cells


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _read_through(part: IO[bytes], reader: Any) -> None:
    """Feed a part to a parser; of a damaged part, use everything before the damage."""
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    with contextlib.suppress(ExpatError):
        parser.ParseFile(part)


class _Styles:
    """Cell styles: cells refer to a cellXf by index, and the cellXf refers to a number format."""

    def __init__(self) -> None:
        self.found: dict[str, Form] = {}
        self._forms: dict[str, Form] = {}
        self._is_inside, self._place = False, 0

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "numFmt":
            self._note_form(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            self._is_inside = True
        elif tag == "xf" and self._is_inside:
            if form := self._forms.get(attributes.get("numFmtId", "")):
                self.found[str(self._place)] = form
            self._place += 1

    def end(self, name: str) -> None:
        if name.endswith("cellXfs"):
            self._is_inside = False

    def _note_form(self, key: str, code: str) -> None:
        match = _PADDED.fullmatch(code)
        if match and (match[1] or len(match[2]) > 1) and len(match[2]) <= 40:
            self._forms[key] = (match[1] or "", len(match[2]))


class _Cells(Places):
    def __init__(self, styles: dict[str, Form]) -> None:
        super().__init__()
        self.found: Forms = {}
        self._styles = styles

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        if self.goes_to(name.rpartition(" ")[2], attributes) and (form := self._styles.get(attributes.get("s", ""))):
            self.found.setdefault(self.line, {})[self.column] = form

    def end(self, name: str) -> None:
        """Ignore the ends of elements."""
