"""CSV lines with an opening quotation mark that is never closed: a strict reader would swallow all following lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

# The maximum number of lines in one cell, and the number of lines read to find the usual number of cells.
_LONGEST, _LOOKED_AT = 100, 50


@dataclass(frozen=True)
class Record:
    """A CSV record.

    Args:
        line: where it begins, from 1. cells: its texts. is_open: whether an unclosed quotation mark was dropped.
    """

    line: int
    cells: list[str]
    is_open: bool = False


class Quotes:
    """Split records. A multi-line cell is accepted only if its quotation mark is closed in a plausible place.

    Args:
        delimiter: one character.
    """

    def __init__(self, delimiter: str) -> None:
        self._delimiter, sign = delimiter, re.escape(delimiter)
        self._quoted = re.compile(rf'(?:^|(?<={sign}))"(?:[^"]|"")*(?P<end>"|\Z)')
        self._sound = re.compile(rf'(?:^|(?<={sign}))"(?:[^"]|"")*"(?=\s*\Z|{sign})')
        self._usual = 0

    def records(self, file: IO[str]) -> Iterator[Record]:
        """Yield all records of a file, including empty ones.

        Raises:
            csv.Error: a cell exceeds the maximum size.
        """
        head = list(islice(file, _LOOKED_AT))
        self._usual = self._width(head)
        lines, number = chain(head, file), 0
        waiting: list[str] = []
        while True:
            if not waiting:
                waiting += islice(lines, 1)
            if not waiting:
                return
            if self._open_at(waiting[0]) is not None:
                waiting += islice(lines, _LONGEST - len(waiting))
            taken = self._length(waiting)
            yield self._record(number + 1, "".join(waiting[:taken]))
            number += taken
            del waiting[:taken]

    def _record(self, line: int, text: str) -> Record:
        is_open = False
        while (place := self._open_at(text)) is not None:
            text, is_open = text[:place] + text[place + 1 :], True
        return Record(line, self._cells(text), is_open)

    def _length(self, lines: list[str]) -> int:
        """Return how many of these lines the first record takes."""
        if self._open_at(lines[0]) is None:
            return 1
        for end in range(2, len(lines) + 1):
            # Only another quotation mark can close it.
            if '"' in lines[end - 1] and self._open_at(text := "".join(lines[:end])) is None:
                return end if self._is_sound(text, lines[1:end]) else 1
        return 1

    def _is_sound(self, text: str, further: list[str]) -> bool:
        """Return whether a multi-line cell is plausible: it must not contain whole records."""
        if re.search(r"[\r\n]", self._sound.sub("", text).strip()):
            return False
        widths = [len(self._cells(line)) for line in further]
        if len(self._cells(text)) == self._usual:
            # After a cell of the first column come as many cells as in a complete record.
            return self._usual not in widths or text.startswith('"')
        return all(width < self._usual for width in widths)

    def _open_at(self, text: str) -> int | None:
        """Return the position of an unclosed quotation mark."""
        if '"' not in text:
            return None
        text = text.rstrip("\r\n")
        for match in self._quoted.finditer(text):
            if not match["end"]:
                return match.start()
        return None

    def _cells(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self._delimiter), [])

    def _width(self, lines: list[str]) -> int:
        widths = Counter(len(self._cells(line)) for line in lines if line.strip())
        return max(widths, key=lambda width: (widths[width], width), default=0)
