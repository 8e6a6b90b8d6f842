"""Views for open pages: presence; and where nginx holds the streams, admission and missed events."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from zhiliu.kit.web.http import Request, key_of

from . import reading
from .presence import used
from .relay import channels_of
from .topics import Event


@require_GET
@never_cache
def admission(request: Request) -> HttpResponseBase:
    """Answer nginx's sub-request: identify the reader by the cookie and return their nchan channels.

    The stream's own address comes in ``X-Original-URI``; the channels go back in ``X-Live-Channels``.
    """
    admitted = _admit(request, request.headers.get("X-Original-URI", ""))
    if admitted is None:
        return HttpResponse(status=403)
    return HttpResponse(status=204, headers={"X-Live-Channels": ",".join(channels_of(admitted))})


@require_GET
@never_cache
def missed(request: Request) -> HttpResponseBase:
    """Return the events after ``since`` on the stream's topics, in order, for a page whose stream has just opened."""
    admitted = _admit(request, request.get_full_path())
    if admitted is None:
        return HttpResponse(status=403)
    since, until = key_of(request.GET.get("since")), reading.newest_position()
    frames = reading.missed_between(since, until, admitted.topics, reading.relayed) if since else []
    if frames is None:
        frames = [reading.relayed(until, Event(("all", 0), "reset"))]
    frames.append(reading.relayed(until, reading.started(admitted.person_id)))
    return JsonResponse({"missed": [frame.decode() for frame in frames]})


def _admit(request: Request, address: str) -> reading.Admitted | None:
    query = parse_qs(urlsplit(address).query)
    cookie = request.headers.get("Cookie", "").encode("latin-1", "replace")
    language = query.get("language", [""])[0]
    return reading.admit({b"cookie": cookie}, query.get("topic", []), language)


@require_POST
@login_required
def presence(request: Request) -> HttpResponseBase:
    """Record that the page is visible and used; called at most every few minutes."""
    used(request.user)
    return HttpResponse(status=204)
