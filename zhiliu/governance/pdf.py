"""Reports as PDF, if WeasyPrint is installed (the extra ``pdf``)."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec

from django.template.loader import render_to_string

from .models import Report


@lru_cache
def has_pdf() -> bool:
    """Return whether PDFs can be made: WeasyPrint and the system's Pango are installed."""
    if find_spec("weasyprint") is None:
        return False
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def pdf_of(report: Report, context: dict[str, object]) -> bytes:
    """Return a report as PDF. Nothing is fetched while rendering.

    Args:
        context: of the web page.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    html = render_to_string("governance/report_pdf.html", {**context, "report": report})
    # No protocol is allowed: the title of a gathering must not make the server fetch anything.
    return bytes(HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf())
