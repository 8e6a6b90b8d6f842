"""Client info of a request, for rate limits and the audit."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from ..contracts.audit import ClientInfo, whence


class ClientInfoMiddleware:
    """Sets the client info of the request; behind our own proxy it restores the client's address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.DECLARED.behind_proxy:
            request.META["REMOTE_ADDR"] = _told_by_proxy(request)
        mark = whence.set(
            ClientInfo("page", request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")[:200])
        )
        try:
            return self.get_response(request)
        finally:
            whence.reset(mark)


def _told_by_proxy(request: HttpRequest) -> str:
    """Return the last address of X-Forwarded-For: our proxy wrote that one; anybody may have forged those before it."""
    last = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return str(request.META.get("REMOTE_ADDR", ""))
