"""The HTML of a Word file as Markdown. Only child processes load this module: its libraries are large."""

from __future__ import annotations

import re
from typing import Any

from markdownify import MarkdownConverter

# The stubs lack the methods that are meant to be overridden.
_Base: Any = MarkdownConverter


class WordConverter(_Base):
    """Keeps anchors, as targets of footnotes and bookmarks, and as HTML the tables that Markdown cannot express."""

    class Options(_Base.DefaultOptions):
        heading_style = "atx"
        bullets = "-"
        table_infer_header = True
        sup_symbol = "<sup>"
        sub_symbol = "<sub>"
        keep_inline_images_in = ["td", "th", "h1", "h2", "h3", "h4", "h5", "h6"]

    def convert_a(self, el: Any, text: str, parent_tags: Any) -> str:
        """Convert a link, or the target of one."""
        anchor = _anchor(el)
        return anchor + super().convert_a(el, text, parent_tags) if el.get("href") else anchor + text

    def convert_li(self, el: Any, text: str, parent_tags: Any) -> str:
        """Convert an item; footnotes have names. Adjacent lists get different markers, else they would become one."""
        item = str(super().convert_li(el, _anchor(el) + text.lstrip() if el.get("id") else text, parent_tags))
        return re.sub(r"^(\s*\d+)\.", r"\1)", item) if _has_other_sign(el.parent) else item

    def convert_table(self, el: Any, text: str, parent_tags: Any) -> str:
        """Convert a table of equal rows of single lines; other tables stay HTML, in a block without empty lines."""
        if _is_plain(el):
            return str(super().convert_table(el, text, parent_tags))
        kept = re.sub(r"\s*[\r\n]\s*", " ", str(el))
        return f"\n\n{kept}\n\n"

    def escape(self, text: str, parent_tags: Any) -> str:
        """Escape text typed in Word. Numbers and dashes are not escaped: a typed list becomes a list."""
        text = re.sub(r"[\\`*|]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|\](?=[(:\[])", r"\\\g<0>", text)
        return re.sub(r"^(?=#{1,6}\s|>)", r"\\", text)


def _has_other_sign(numbered: Any) -> bool:
    """Return whether an odd number of numbered lists directly precedes this one."""
    count, before = 0, numbered.find_previous_sibling() if numbered.name == "ol" else None
    while before is not None and before.name == "ol":
        count, before = count + 1, before.find_previous_sibling()
    return count % 2 == 1


def _is_plain(table: Any) -> bool:
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
    cells = [cell for row in rows for cell in row]
    return (
        len({len(row) for row in rows}) == 1
        and table.find(["table", "ul", "ol"]) is None
        and not any(cell.get("colspan") or cell.get("rowspan") for cell in cells)
        and all(len(cell.find_all("p", recursive=False)) < 2 for cell in cells)
    )


def _anchor(element: Any) -> str:
    name = element.get("id") or ""
    return f'<a id="{name}"></a>' if re.fullmatch(r"[\w.-]+", name) and name != "_GoBack" else ""
