"""Reasons why a file cannot be read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

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
    """Raised for a file that cannot be read; ``code`` identifies the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
