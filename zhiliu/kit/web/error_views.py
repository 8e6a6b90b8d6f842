"""Error pages: what happened, what to do, and an id to search the log for."""

from __future__ import annotations

import logging
import secrets

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .http import Request

logger = logging.getLogger(__name__)


def error_page(request: Request, status: int, reason: str = "") -> HttpResponse:
    """Render the error page: what happened, what to do, and an id to search the log for."""
    number = secrets.token_hex(3).upper()
    if status >= 500:
        logger.error("error page %s at %s", number, request.path)
    title, sentence = _words(status)
    context = {"status": status, "title": title, "sentence": reason or sentence, "error_id": number}
    return render(request, "kit/error.html", context, status=status)


def _words(status: int) -> tuple[str, str]:
    words = {
        400: (_("Bad request"), _("Go back, reload the page and try again.")),
        403: (_("Not allowed"), ""),
        405: (
            _("Nothing to read here"),
            _("This page only accepts a submitted form. Go back to the form; what you typed is still there."),
        ),
        507: (
            _("The disk is full"),
            _("Nothing was changed. An administrator has to free up space. Then try again."),
        ),
        404: (
            _("Nothing here"),
            _("It may have been moved, or you can’t see it. Search for it, or ask the person who gave you the link."),
        ),
    }
    return words.get(
        status,
        (
            _("Something went wrong"),
            _("It’s not your fault. Try again. If it keeps happening, give an administrator this number."),
        ),
    )


def not_found(request: Request, exception: Exception) -> HttpResponse:
    """Django's handler404: out of reach looks the same as missing."""
    return error_page(request, 404)


def forbidden(request: Request, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return error_page(request, 403, str(exception) if isinstance(exception, PermissionDenied) else "")


def bad_request(request: Request, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return error_page(request, 400)


def broken(request: Request) -> HttpResponse:
    """Django's handler500."""
    return error_page(request, 500)


def stale_form(request: Request, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is invalid (signed out, or open for weeks), or that came from another address."""
    if reason.startswith(("Origin", "Referer")):
        return error_page(request, 403, _wrong_address(request))
    return error_page(request, 403, _("This form has expired. Go back, reload the page and send it again."))


def _wrong_address(request: Request) -> str:
    return _(
        "Your browser sent this form from %(origin)s, but Zhiliu was reached as %(host)s. "
        "On the server, make the proxy pass on the host and scheme, or set the organisation’s web address."
    ) % {
        "origin": request.headers.get("Origin") or request.headers.get("Referer", "")[:100],
        "host": f"{request.scheme}://{request.get_host()}",
    }
