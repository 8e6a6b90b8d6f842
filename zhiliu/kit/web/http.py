"""The request as views get it, ids that come with it, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from zhiliu.directory.models import Person


def key_of(text: Any) -> int:
    """An id from an address or form; 0 for everything that is none, such as words or more digits than a key has."""
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class Request(HttpRequest):
    """A request of somebody who is signed in.

    For type checkers only: behind ``login_required`` the user is always a person, whom the kit itself never imports.
    """

    user: Person
    htmx: HtmxDetails


def back(request: Request, default: str = "/") -> str:
    """The page the person came from, if it is ours; else ``default``."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else default


def wished(request: Request) -> bool:
    """Whether a form wishes a state on (``on=1``) or off. It names the state, so that a double click does no harm."""
    return request.POST.get("on") == "1"


def fragment_or_back(request: Request, template: str, context: dict[str, Any], thing: Any) -> HttpResponse:
    """Answer htmx with a fragment to swap in; without scripts, go back to where the form stood, else to ``thing``."""
    if request.htmx:
        return render(request, template, context)
    return redirect(back(request, thing.get_absolute_url()))


def reload_page() -> HttpResponse:
    """Tell htmx to load the page again instead of swapping a fragment in."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
