"""Lists as files: XLSX for spreadsheets, CSV for programs. No cell can be interpreted as a formula."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format

from .csv_export import csv_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60


def day_cell(at: dt.datetime | None) -> str:
    """Return the day of a moment as lists write it; '' for none."""
    return date_format(timezone.localtime(at), "Y-m-d") if at else ""


def moment_cell(at: dt.datetime | None) -> str:
    """Return a moment as lists write it, in the reader's time zone; '' for none."""
    return date_format(timezone.localtime(at), "Y-m-d H:i") if at else ""


def table_answer(request: HttpRequest, rows: Iterator[Sequence[Any]], name: str) -> HttpResponseBase:
    """Return rows, headings first, as a download: CSV with ``?as=csv``, else XLSX.

    Args:
        name: of the file, without extension; ASCII.
    """
    if request.GET.get("as") == "csv":
        return csv_answer(rows, name)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_workbook(rows, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def write_workbook(rows: Iterator[Sequence[Any]], file: Any) -> None:
    """Write rows, headings first, into a workbook. Rows go to disk one by one, so memory does not grow with them.

    Args:
        file: a binary file open for writing. Numbers stay numbers; everything else is written as text.
    """
    # Large, and few processes write workbooks.
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet, bold = workbook.add_worksheet(), workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            if number == 0:
                for column, heading in enumerate(row):
                    sheet.set_column(column, column, min(WIDEST, max(12, 2 * len(str(heading)) + 2)))
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, bold if number == 0 else None)


def _write(sheet: Any, row: int, column: int, cell: Any, style: Any) -> None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell, style)
    elif cell is not None and cell != "":
        sheet.write_string(row, column, str(cell), style)
