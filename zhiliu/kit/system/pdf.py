"""PDF from HTML, if WeasyPrint is installed (the extra ``pdf``). WeasyPrint is large: only a child process loads it."""

from __future__ import annotations

from ctypes.util import find_library
from functools import lru_cache
from importlib.util import find_spec

from .confined import confined

SECONDS = 30
# What WeasyPrint loads from the system when it is imported.
_LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "fontconfig", "pangoft2-1.0")


@lru_cache
def has_pdf() -> bool:
    """Return whether PDFs can be made: WeasyPrint and the system's Pango are installed."""
    return find_spec("weasyprint") is not None and all(map(find_library, _LIBRARIES))


def pdf_of_html(html: str) -> bytes:
    """Return a page as PDF.

    Raises:
        Overrun: it took too long or too much memory.
    """
    return confined(draw_pdf, html, seconds=SECONDS)


def draw_pdf(html: str) -> bytes:
    """Draw a page; called in a confined child process. Nothing is fetched: no protocol is allowed."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    return bytes(HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf())
