"""Messages about refused documents and links without a target."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

RUN: dict[str, Any] = {
    "broken": _("The file is damaged. Zip it again and retry."),
    "too_large": _("Unpacked, the file would be larger than 2 GB. Split it."),
    "too_many_files": _("There are more than 20,000 files in it. Split it."),
    "no_documents": _("It contains no Markdown or Word files."),
    "gone": _("This library no longer exists."),
    "crashed": _("Reading this file stopped the background process twice, so we gave up."),
}
FILE: dict[str, Any] = {
    "locked": _("Password-protected, or an old Word file. Save it as .docx without a password."),
    "broken": _("Damaged: it can’t be opened."),
    "no_word": _("This is not a Word file, despite its name."),
    "old_word": _("Save it as .docx first."),
    "nested": _("A ZIP inside a ZIP isn’t opened. Unzip it first."),
    "too_large": _("Too large to open."),
    "too_slow": _("This document takes too long to read."),
    "too_long": _("Longer than 400,000 characters. Split it."),
    "empty": _("It contains no text."),
    "no_text": _("This is not UTF-8 or GB18030 text."),
    "entities": _("It contains instructions Word doesn’t write, so for safety it isn’t opened."),
    "outside": _("Its path is outside the folder."),
    "link": _("Symbolic links are skipped."),
    "twice": _("Another file has the same path."),
    "gone": _("No longer in the source; the article is still here."),
}
NOTE: dict[str, Any] = {
    "link": _("Links to nothing in this import"),
    "outside": _("Links outside the folder"),
    "picture": _("Picture is missing"),
    "anchor": _("The page exists, but not this heading"),
    "remote": _("External picture stays a link"),
    "formula": _("A formula lost its formatting"),
    "numbering": _("Letters or other signs of a list became numbers"),
    "comments": _("Comments are skipped"),
    "hidden": _("Paragraphs with hidden text, which is skipped"),
    "edges": _("Headers and footers are skipped"),
    "element": _("Some Word content is skipped"),
    "unkept": _("Picture format not supported by browsers"),
}
