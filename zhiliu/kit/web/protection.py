"""Security of every page: served hosts, cookie names, form origins, headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from .sessions import SessionStore
from .site import MARK_PATH, is_secure, is_served, known_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Browsers accept a cookie with this prefix only over HTTPS from this very host, for all of its paths.
PREFIX = "__Host-"
YEAR = 31_536_000
# Path of the service worker (``home.installing``).
SERVICE_WORKER = "/service-worker.js"
# Voice messages need the microphone; nothing needs these features.
PERMISSIONS = ("camera", "geolocation", "payment", "usb", "serial", "hid", "midi", "browsing-topics")


class HostMiddleware:
    """Refuses requests for unknown host names; answers HEAD like GET without the body."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request._get_raw_host()  # type: ignore[attr-defined]
        if request.path != MARK_PATH and not is_served(split_domain_port(host)[0]):
            return _unknown_host(host)
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        return _without_body(self.get_response(request))


def _unknown_host(host: str) -> HttpResponse:
    text = _(
        "Zhiliu doesn’t know the address “%(asked)s”; it is set to %(known)s.\n"
        "If people should use it, an administrator can set it on the organisation page, or on the server "
        "with\n“zhiliu address”. Add more names to ZHILIU_ALLOWED_HOSTS."
    ) % {"asked": host[:200], "known": known_address()}
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """Return the same response without its body."""
    length = response.headers.get("Content-Length", "")
    if not length and isinstance(response, HttpResponse):
        length = str(len(response.content))
    bare = HttpResponse(status=response.status_code, headers=dict(response.headers.items()))
    bare.cookies = response.cookies
    if length:
        bare.headers["Content-Length"] = length
    # Closing this response also closes the file of the original.
    bare._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]
    return bare


class HeadersMiddleware:
    """Sets headers of every response: what browsers may cache, and what pages may do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        if not request.path.startswith(settings.STATIC_URL):
            # The next user of a shared computer, or a careless proxy, must not get private pages.
            headers.setdefault("Cache-Control", "private, no-store")
        headers.setdefault("Permissions-Policy", ", ".join(f"{name}=()" for name in PERMISSIONS))
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_secure(request):
            headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        return response


class ScriptsMiddleware:
    """Allows scripts from the folder of built files only, and one worker: an uploaded file is never a script, whatever
    its name.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A proxy may rewrite the host: then the browser knows us by the configured address.
        hosts = {f"{request.scheme}://{request.get_host()}", known_address()} - {""}
        response._csp_replace = {  # type: ignore[attr-defined]
            "script-src": sorted(host + settings.STATIC_URL for host in hosts),
            "worker-src": sorted(host + SERVICE_WORKER for host in hosts),
        }
        return response


class CookieNamesMiddleware:
    """Over HTTPS, renames the session and CSRF cookies so that no other host can set them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_secure(request):
            return self.get_response(request)
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        for name in names:
            request.COOKIES.pop(name, None)
            if (value := request.COOKIES.pop(PREFIX + name, None)) is not None:
                request.COOKIES[name] = value
        response = self.get_response(request)
        for name in names:
            _rename(response, name)
        return response


def _rename(response: HttpResponseBase, name: str) -> None:
    cookie = response.cookies.pop(name, None)
    if cookie is None:
        return
    response.set_cookie(PREFIX + name, cookie.value, secure=True)
    renamed = response.cookies[PREFIX + name]
    for attribute in ("expires", "max-age", "httponly", "samesite"):
        renamed[attribute] = cookie[attribute]
    patch_vary_headers(response, ("Cookie",))


def session_key(cookies: Mapping[str, Any]) -> str:
    """Return the session key of a request that bypasses Django's middleware; '' for none.

    Args:
        cookies: as ``http.cookies.SimpleCookie`` parses them.
    """
    name = settings.SESSION_COOKIE_NAME
    names = (PREFIX + name,) if known_address().startswith("https:") else (PREFIX + name, name)
    return next((str(cookies[text].value) for text in names if text in cookies), "")


def session_of(header: bytes) -> str:
    """Return the session key of a cookie header; '' if nobody is signed in. Queries the database."""
    close_old_connections()
    try:
        key = session_key(SimpleCookie(header.decode("latin-1")))
    except CookieError:
        return ""
    return key if key and SessionStore(key).get(SESSION_KEY) else ""


class OriginMiddleware(CsrfViewMiddleware):
    """Django's CSRF protection, which also trusts the configured address as an origin."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return bool(super()._origin_verified(request)) or request.META["HTTP_ORIGIN"] == known_address()  # type: ignore[misc]
