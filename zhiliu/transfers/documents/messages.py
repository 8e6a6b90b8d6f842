"""What is said about documents that are refused, and about links that lead nowhere."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

RUN: dict[str, Any] = {
    "broken": _("The file is damaged. Pack it anew and try again."),
    "too_large": _("Unpacked, the file would be larger than 2 GB. Split it."),
    "too_many_files": _("There are more than 20,000 files in it. Split it."),
    "no_documents": _("There is no Markdown and no Word file in it."),
    "gone": _("The library is gone."),
    "crashed": _("Reading this file stopped the background process twice, so it was given up."),
}
FILE: dict[str, Any] = {
    "locked": _("Locked with a password, or an old Word file. Save it as .docx without a password."),
    "broken": _("Damaged: it cannot be opened."),
    "no_word": _("This is no Word file, whatever its name says."),
    "old_word": _("Save it as .docx first."),
    "nested": _("A packed file in a packed file is not opened. Unpack it first."),
    "too_large": _("Too large to open."),
    "too_slow": _("This document takes too long to read."),
    "too_long": _("Longer than 400,000 characters. Split it."),
    "empty": _("There is no text in it."),
    "no_text": _("This is no text in UTF-8 or GB18030."),
    "entities": _("It contains instructions Word does not write; for safety it is not opened."),
    "outside": _("Its path leads out of the folder."),
    "link": _("A symbolic link is not followed."),
    "twice": _("Another file has the same path."),
    "gone": _("No longer in the source; the article is still here."),
}
NOTE: dict[str, Any] = {
    "link": _("Leads to nothing in this import"),
    "outside": _("Leads out of the folder"),
    "picture": _("Picture is missing"),
    "anchor": _("The page is there, but no heading of this name"),
    "remote": _("Picture from elsewhere stays a link"),
    "formula": _("A formula lost its shape"),
    "numbering": _("Letters or other signs of a list became numbers"),
    "comments": _("Comments are left out"),
    "hidden": _("Paragraphs with hidden text, which is left out"),
    "edges": _("Headers and footers are left out"),
    "element": _("Something in Word is left out"),
    "unkept": _("Picture of a kind browsers do not show"),
}
