"""Language and time zone of the current person."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from .defaults import default_language, default_zone

_KNOWN = {code for code, _ in settings.LANGUAGES}


class PersonalMiddleware:
    """Activates the person's language and time zone; anonymous visitors get the cookie's language or the default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        chosen = getattr(user, "language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        zone = getattr(user, "time_zone", "")
        with (
            translation.override(chosen if chosen in _KNOWN else default_language()),
            timezone.override(ZoneInfo(zone) if zone else default_zone()),
        ):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or default_language())
        return response
