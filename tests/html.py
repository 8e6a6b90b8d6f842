"""Pages as tests compare them: where a template breaks its lines is no matter of theirs."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

_KEPT = re.compile(r"(<(?:pre|textarea)\b.*?</(?:pre|textarea)>)", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BREAK = r"[ \t]*\n\s*"


def squeezed(html: str) -> str:
    """HTML without line breaks beside tags, and with a space for those inside them; ``pre`` and ``textarea`` stay."""
    parts = _KEPT.split(html)
    return "".join(part if place % 2 else _squeezed(part) for place, part in enumerate(parts))


def _squeezed(html: str) -> str:
    flat = _TAG.sub(lambda tag: re.sub(r"\s+(?=/?>$)", "", re.sub(_BREAK, " ", tag[0])), html)
    return re.sub(rf"{_BREAK}(?=<)|(?<=>){_BREAK}", "", flat)


class PageClient(Client):
    """A client that gives pages squeezed: what must not stand on a page is found however its lines are broken."""

    def request(self, **request: Any) -> Any:
        """Ask, and squeeze what comes if it is HTML."""
        response = super().request(**request)
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        if is_html and not response.streaming:
            response.content = squeezed(response.content.decode()).encode()
        return response
