"""Reports as PDF, where WeasyPrint is installed (the extra ``pdf``)."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec

from django.template.loader import render_to_string

from .models import Report


@lru_cache
def has_pdf() -> bool:
    """Whether PDFs can be made here: WeasyPrint and the system's Pango are there."""
    if find_spec("weasyprint") is None:
        return False
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def pdf_of(report: Report, context: dict[str, object]) -> bytes:
    """A report as PDF; nothing is fetched while drawing it.

    Args:
        context: what the web page shows.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    html = render_to_string("governance/report_pdf.html", {**context, "report": report})
    # No protocol at all is allowed: a name somebody gave a gathering must not make the server ask for anything.
    return bytes(HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf())
