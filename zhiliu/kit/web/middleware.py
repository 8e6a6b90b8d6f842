"""Turns refusals into responses, and confirms to a page that its text was stored."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import OperationalError
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url

from ..errors import Elsewhere, Forbidden, Refused
from .error_views import error_page
from .http import Request, back, reload_page

logger = logging.getLogger(__name__)
# Cookie with the ids of stored drafts, read and cleared by the page.
ARRIVED = "drafts-arrived"
_DRAFT = re.compile(r"[0-9a-f-]{36}")


class RefusalMiddleware:
    """Turn :class:`Refused` into a response, and unsupported methods into an error page."""

    def __init__(self, get_response: Callable[[Request], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            return error_page(request, 405)
        _come_back_to_the_page(request, response)
        _tell_arrival(request, response)
        return response

    def process_exception(self, request: Request, error: Exception) -> HttpResponseBase | None:
        """Answer 403 with the rule's reason, or redirect back with the reason as a message."""
        if isinstance(error, Forbidden):
            return error_page(request, 403, str(error.reason))
        if isinstance(error, Elsewhere):
            return HttpResponseRedirect(error.url)
        if isinstance(error, Refused):
            return _refuse(request, error)
        if isinstance(error, OperationalError) and "full" in str(error):
            logger.critical("the disk is full: %s", error)
            return error_page(request, 507)
        return None


def _refuse(request: Request, error: Refused) -> HttpResponseBase:
    if request.htmx:
        # A fragment cannot show the message in its place; reloading the page can.
        messages.error(request, str(error.reason))
        return reload_page()
    messages.error(request, str(error.reason))
    return HttpResponseRedirect(back(request))


def _come_back_to_the_page(request: Request, response: HttpResponseBase) -> None:
    """After sign-in, return to the page with the form: the address of the act itself shows nothing."""
    is_page = request.method in ("GET", "HEAD") and not request.htmx
    place = urlsplit(response.headers.get("Location", ""))
    if is_page or response.status_code != 302 or place.path != resolve_url(settings.LOGIN_URL):
        return
    if request.user.is_authenticated:
        return
    page = urlsplit(request.headers.get("Referer", ""))
    came_from = page.path + (f"?{page.query}" if page.query else "") if page.netloc == request.get_host() else "/"
    query = urlencode({REDIRECT_FIELD_NAME: came_from}, safe="/")
    response.headers["Location"] = f"{place.path}?{query}"


def _tell_arrival(request: Request, response: HttpResponseBase) -> None:
    """Confirm to the page that its text (``_draft``) was stored; see ``islands/lib/drafts.ts``."""
    draft = request.POST.get("_draft", "") if request.method == "POST" else ""
    if not _DRAFT.fullmatch(draft) or not _was_taken(request, response):
        return
    drafts = [*request.COOKIES.get(ARRIVED, "").split(".")[-9:], draft]
    value = ".".join(text for text in drafts if _DRAFT.fullmatch(text))
    response.set_cookie(ARRIVED, value, max_age=86400, secure=request.is_secure(), samesite="Lax")


def _was_taken(request: Request, response: HttpResponseBase) -> bool:
    """Return True if the act was done: no form with errors, no refusal, no redirect to sign-in."""
    if not request.user.is_authenticated or response.status_code >= 400:
        return False
    if response.status_code == 200 and not request.htmx and "Location" not in response.headers:
        return response.headers.get("Content-Type", "").startswith("application/json")
    # Django has no other way to inspect messages without marking them as read.
    waiting = getattr(messages.get_messages(request), "_queued_messages", [])
    return all(message.level < messages.ERROR for message in waiting)
