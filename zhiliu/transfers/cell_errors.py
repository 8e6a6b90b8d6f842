"""Error values of a sheet (#N/A, #REF! …). The workbook reader returns empty cells for them, so they are read here."""

from __future__ import annotations

import contextlib
import re
from typing import IO, Any
from xml.parsers.expat import ExpatError, ParserCreate

_ERROR_TYPE = re.compile(rb"""\st\s*=\s*["']e["']""")
_CHUNK = 1 << 20
Cells = dict[int, dict[int, str]]


def has_errors(part: IO[bytes]) -> bool:
    """Return whether a sheet has error cells at all; hardly any has, and only those are read a second time."""
    before = b""
    while chunk := part.read(_CHUNK):
        if _ERROR_TYPE.search(before + chunk):
            return True
        before = chunk[-20:]
    return False


def error_cells(part: IO[bytes]) -> Cells:
    """Return the error values of a sheet by line (from 1) and column (from 0); up to the damage if it is damaged."""
    reader = _Reader()
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    with contextlib.suppress(ExpatError):
        parser.ParseFile(part)
    return reader.found


class Places:
    """The current position; rows and cells state theirs, or follow the previous one."""

    def __init__(self) -> None:
        self.line, self.column = 0, -1

    def goes_to(self, tag: str, attributes: dict[str, Any]) -> bool:
        """Track rows and cells; return whether a cell begins."""
        if tag == "row":
            self.line, self.column = _number(attributes.get("r", ""), self.line + 1), -1
        elif tag == "c":
            self.column = _column(attributes.get("r", ""), self.column + 1)
        return tag == "c"


class _Reader(Places):
    def __init__(self) -> None:
        super().__init__()
        self.found: Cells = {}
        self._is_error = self._is_value = False

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        tag = name.rpartition(" ")[2]
        if self.goes_to(tag, attributes):
            self._is_error = attributes.get("t") == "e"
        elif tag == "v":
            self._is_value = self._is_error

    def end(self, name: str) -> None:
        if name.endswith("v"):
            self._is_value = False

    def text(self, data: str) -> None:
        if self._is_value:
            cells = self.found.setdefault(self.line, {})
            cells[self.column] = cells.get(self.column, "") + data


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() else otherwise


def _column(place: str, otherwise: int) -> int:
    letters = re.match(r"[A-Z]{1,3}", place)
    column = 0
    for letter in letters[0] if letters else "":
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1 if column else otherwise
