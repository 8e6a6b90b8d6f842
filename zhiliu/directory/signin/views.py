"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.kit.errors import Refused
from zhiliu.kit.http import Request

from ..forms import PasswordForm, SignInForm
from ..joining import accept_invitation, read_invitation
from ..models import Organisation, Person

BACKEND = "zhiliu.directory.signin.backends.PasswordBackend"


@require_http_methods(["GET", "POST"])
def signin(request: Request) -> HttpResponseBase:
    """Sign in with number or mail address and password; in the sample company with one click."""
    if request.user.is_authenticated:
        return redirect(_after(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = authenticate(request, **form.cleaned_data)
        if person is not None:
            login(request, person)
            return redirect(_after(request))
        form.add_error(
            None, _("Number and password do not fit. Check both, or ask an administrator for a new password.")
        )
    return _page(request, form)


def _page(request: Request, form: SignInForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "organisation": Organisation.objects.first(),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "cast": demo_cast() if settings.DEMO else [],
    }
    return render(request, "directory/signin.html", context, status=status)


def _after(request: Request) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL


def demo_cast() -> list[Person]:
    """The named people of the sample company, who can be signed in as with one click."""
    people = Person.objects.active().filter(extra__has_key="demo_part").select_related("department", "position")
    return sorted(people, key=lambda person: person.extra.get("demo_order", 99))


@require_POST
def demo_signin(request: Request, handle: str) -> HttpResponseBase:
    """Sign in as a person of the sample company. Exists in demo mode only."""
    if not settings.DEMO:
        raise Http404("demo mode is off")
    person = get_object_or_404(Person.objects.active(), handle=handle, extra__has_key="demo_part")
    login(request, person, backend=BACKEND)
    return redirect(_after(request))


@require_POST
def signout(request: Request) -> HttpResponseBase:
    """Sign out."""
    logout(request)
    return redirect("signin")


def locked_out(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: say so, and how long it lasts (called by django-axes)."""
    form = SignInForm(request.POST or None)
    form.is_valid()
    form.add_error(None, _("Too many attempts. Try again in 15 minutes, or ask an administrator."))
    return _page(request, form, status=429)


@require_http_methods(["GET", "POST"])
def invitation(request: Request, key: str) -> HttpResponseBase:
    """A guest opens their link, chooses a password and is in."""
    try:
        invited = read_invitation(key)
    except Refused as refused:
        return render(request, "directory/invitation.html", {"reason": refused.reason}, status=410)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = accept_invitation(invited, password=form.cleaned_data["password"])
        login(request, person, backend=BACKEND)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "directory/invitation.html", {"form": form, "invited": invited})
