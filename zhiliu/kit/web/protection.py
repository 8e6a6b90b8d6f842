"""What protects every page: which hosts are served, names of cookies, origins of forms, headers."""

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
# A browser takes a cookie of such a name only from an encrypted answer of this very host, for all of its paths.
PREFIX = "__Host-"
YEAR = 31_536_000
# A voice message needs the microphone; nothing needs the rest.
PERMISSIONS = ("camera", "geolocation", "payment", "usb", "serial", "hid", "midi", "browsing-topics")


class HostMiddleware:
    """Refuse requests for a host name nobody has said is ours; answer HEAD as GET without the body."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = request._get_raw_host()  # type: ignore[attr-defined]
        if request.path != MARK_PATH and not is_served(split_domain_port(asked)[0]):
            return _unknown_host(asked)
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        return _without_body(self.get_response(request))


def _unknown_host(asked: str) -> HttpResponse:
    text = _(
        "Zhiliu doesn’t know the address “%(asked)s”; it is set to %(known)s.\n"
        "If people should use it, an administrator can set it on the organisation page, or on the server "
        "with\n“zhiliu address”. Add more names to ZHILIU_ALLOWED_HOSTS."
    ) % {"asked": asked[:200], "known": known_address()}
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """The same answer with its headers alone."""
    length = response.headers.get("Content-Length", "")
    if not length and isinstance(response, HttpResponse):
        length = str(len(response.content))
    bare = HttpResponse(status=response.status_code, headers=dict(response.headers.items()))
    bare.cookies = response.cookies
    if length:
        bare.headers["Content-Length"] = length
    # Whoever closes the answer closes the file, too.
    bare._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]
    return bare


class HeadersMiddleware:
    """Headers of every answer: what a browser may keep, and what pages may do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        if not request.path.startswith(settings.STATIC_URL):
            # Whoever uses a shared computer next, or a careless proxy, must not find private pages.
            headers.setdefault("Cache-Control", "private, no-store")
        headers.setdefault("Permissions-Policy", ", ".join(f"{name}=()" for name in PERMISSIONS))
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_secure(request):
            headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        return response


class ScriptsMiddleware:
    """Scripts come from the folder of built files alone: an uploaded file is never one, whatever it is called."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A proxy may rewrite the host: then the browser knows us by the address somebody said.
        hosts = {f"{request.scheme}://{request.get_host()}", known_address()} - {""}
        response._csp_replace = {"script-src": sorted(host + settings.STATIC_URL for host in hosts)}  # type: ignore[attr-defined]
        return response


class CookieNamesMiddleware:
    """Where the connection is encrypted, session and form key go by names another host cannot set."""

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
    """The session a request names, for doors that Django's middleware does not see; '' for none.

    Args:
        cookies: as ``http.cookies.SimpleCookie`` reads them.
    """
    name = settings.SESSION_COOKIE_NAME
    wanted = (PREFIX + name,) if known_address().startswith("https:") else (PREFIX + name, name)
    return next((str(cookies[text].value) for text in wanted if text in cookies), "")


def session_of(header: bytes) -> str:
    """The session of whoever sends this cookie header; '' for those who have not signed in. Asks the database."""
    close_old_connections()
    try:
        key = session_key(SimpleCookie(header.decode("latin-1")))
    except CookieError:
        return ""
    return key if key and SessionStore(key).get(SESSION_KEY) else ""


class OriginMiddleware(CsrfViewMiddleware):
    """Django's protection of forms; the known address is trusted as the one of the request is."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return bool(super()._origin_verified(request)) or request.META["HTTP_ORIGIN"] == known_address()  # type: ignore[misc]
