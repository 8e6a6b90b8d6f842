"""A template file: the headers in the reader's language, and one example line."""

from __future__ import annotations

import io

from zhiliu.kit.contracts.importing import Importer

# Columns that repeat others in another form are left out.
_LEFT_OUT = ("level1", "level2", "level3", "level4", "level5", "level6", "code")


def template_rows(importer: Importer) -> list[list[str]]:
    """Return the headers and the example."""
    fields = [field for field in importer.fields() if field.key not in _LEFT_OUT]
    example = importer.example()
    return [[str(field.label) for field in fields], [str(example.get(field.key, "")) for field in fields]]


def as_workbook(rows: list[list[str]]) -> bytes:
    """Return rows as a workbook of text cells, so that spreadsheets keep leading zeros and long numbers."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        sheet = book.add_worksheet()
        sheet.set_column(0, len(rows[0]) - 1, 20, text)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row, text if at else bold)
        sheet.freeze_panes(1, 0)
    return content.getvalue()
