"""The request as views get it, ids in requests, and redirects back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from zhiliu.directory.models import Person


def key_of(text: Any) -> int:
    """Return an id from an address or form; 0 if it is none, such as words or too many digits."""
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class Request(HttpRequest):
    """A request of a signed-in person.

    For type checkers only: behind ``login_required`` the user is always a person, whom the kit itself never imports.
    """

    user: Person
    htmx: HtmxDetails


def back(request: Request, default: str = "/") -> str:
    """Return the page the person came from if it is ours; else ``default``."""
    address = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else default


def wished(request: Request) -> bool:
    """Return True if a form requests the state "on" (``on=1``). It names the state, so a double click is harmless."""
    return request.POST.get("on") == "1"


def fragment_or_back(request: Request, template: str, context: dict[str, Any], thing: Any) -> HttpResponse:
    """Answer htmx with a fragment; without scripts, redirect to the form's page, else to ``thing``."""
    if request.htmx:
        return render(request, template, context)
    return redirect(back(request, thing.get_absolute_url()))


def reload_page() -> HttpResponse:
    """Tell htmx to reload the page instead of swapping a fragment in."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
