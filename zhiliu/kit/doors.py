"""What every page door shares: refusals become messages, and a form sent twice acts once."""

from __future__ import annotations

import functools
import logging
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from .errors import Elsewhere, Forbidden, Refused
from .http import Request
from .models import SubmittedForm

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
# Cookie with the drafts whose text arrived, read and cleared by the page.
ARRIVED = "drafts-arrived"
_DRAFT = re.compile(r"[0-9a-f-]{36}")


class DoorsMiddleware:
    """Turn :class:`Refused` into an answer, and an unexpected error into a page with an id to search for."""

    def __init__(self, get_response: Callable[[Request], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            return sorry(request, 405)
        _come_back_to_the_page(request, response)
        _tell_arrival(request, response)
        return response

    def process_exception(self, request: Request, error: Exception) -> HttpResponseBase | None:
        """Answer 403 with the rule's reason, or go back with the reason as a message."""
        if isinstance(error, Forbidden):
            return sorry(request, 403, str(error.reason))
        if isinstance(error, Elsewhere):
            return HttpResponseRedirect(error.url)
        if isinstance(error, Refused):
            return _refuse(request, error)
        if isinstance(error, OperationalError) and "full" in str(error):
            logger.critical("the disk is full: %s", error)
            return sorry(request, 507)
        return None


def _refuse(request: Request, error: Refused) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        # A fragment cannot show the message where it belongs: load the page again, which does.
        messages.error(request, str(error.reason))
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    messages.error(request, str(error.reason))
    return HttpResponseRedirect(back(request))


def _come_back_to_the_page(request: Request, response: HttpResponseBase) -> None:
    """Whoever must sign in for an act comes back to the page it stands on: the act's own address shows nothing."""
    is_page = request.method in ("GET", "HEAD") and not request.headers.get("HX-Request")
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
    """Tell the page that the text it sent (``_draft``) was taken; see ``islands/lib/drafts.ts``."""
    draft = request.POST.get("_draft", "") if request.method == "POST" else ""
    if not _DRAFT.fullmatch(draft) or not _was_taken(request, response):
        return
    told = [*request.COOKIES.get(ARRIVED, "").split(".")[-9:], draft]
    kept = ".".join(text for text in told if _DRAFT.fullmatch(text))
    response.set_cookie(ARRIVED, kept, max_age=86400, secure=request.is_secure(), samesite="Lax")


def _was_taken(request: Request, response: HttpResponseBase) -> bool:
    """Whether an act was done: no form again with its errors, no refusal, no way to the sign-in page."""
    if not request.user.is_authenticated or response.status_code >= 400:
        return False
    if response.status_code == 200 and not request.headers.get("HX-Request") and "Location" not in response.headers:
        return response.headers.get("Content-Type", "").startswith("application/json")
    # Django offers no other way to look at messages without counting them as seen.
    waiting = getattr(messages.get_messages(request), "_queued_messages", [])
    return all(message.level < messages.ERROR for message in waiting)


def back(request: Request, default: str = "/") -> str:
    """The page the person came from, if it is ours; else ``default``."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else default


def sorry(request: Request, status: int, reason: str = "") -> HttpResponse:
    """The error page: what happened, what to do, and an id to search the log for."""
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
    """Django's handler404: out of reach looks the same as not there."""
    return sorry(request, 404)


def forbidden(request: Request, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return sorry(request, 403, str(exception) if isinstance(exception, PermissionDenied) else "")


def bad_request(request: Request, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return sorry(request, 400)


def broken(request: Request) -> HttpResponse:
    """Django's handler500."""
    return sorry(request, 500)


def stale_form(request: Request, reason: str = "") -> HttpResponse:
    """The form's key does not fit any more (signed out, or left open for weeks), or it came by another address."""
    if reason.startswith(("Origin", "Referer")):
        return sorry(request, 403, _wrong_address(request))
    return sorry(request, 403, _("This form has expired. Go back, reload the page and send it again."))


def _wrong_address(request: Request) -> str:
    return _(
        "Your browser sent this form from %(origin)s, but Zhiliu was reached as %(host)s. "
        "On the server, make the proxy pass on the host and scheme, or set the organisation’s web address."
    ) % {
        "origin": request.headers.get("Origin") or request.headers.get("Referer", "")[:100],
        "host": f"{request.scheme}://{request.get_host()}",
    }


def once(view: View) -> View:
    """Decorator for views that act on POST: a form sent twice acts once.

    The form carries ``_once`` (tag ``{% once %}``). The token's row and the act are one transaction, so of two
    clicks at the same time the second waits at the unique key and then gets the first one's answer.
    """

    @functools.wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = request.POST.get("_once", "")[:64]
        if request.method != "POST" or not token:
            return view(request, *args, **kwargs)
        return _act_once(view, token, request, args, kwargs)

    return guarded


def _act_once(view: View, token: str, request: Request, args: Any, kwargs: Any) -> HttpResponseBase:
    with transaction.atomic():
        row, is_new = SubmittedForm.objects.get_or_create(token=token)
        if not is_new:
            return _repeat(request, row)
        response = view(request, *args, **kwargs)
        location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
        if response.status_code >= 400 or (response.status_code == 200 and not location):
            # Nothing was done (the form comes back with errors): the token stays usable.
            row.delete()
        else:
            SubmittedForm.objects.filter(pk=token).update(location=location[:500])
    return response


def _repeat(request: Request, row: SubmittedForm) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(row.location or back(request))
