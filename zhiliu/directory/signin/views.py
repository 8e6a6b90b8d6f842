"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request

from ..forms import ForgottenForm, OwnPasswordForm, PasswordForm, SignInForm
from ..login_links import read_login_link, use_link
from ..models import Organisation, Person
from ..passwords import change_password
from ..secret_addresses import renew_addresses
from ..sessions import end_sessions, open_sessions
from ..tasks import find_forgetful
from ..throttling import may_try
from .limits import Try

BACKEND = "zhiliu.directory.signin.backends.PasswordBackend"
# An office shares one address.
ASKED_FROM_ONE_PLACE = 40


@require_http_methods(["GET", "POST"])
def signin(request: Request) -> HttpResponseBase:
    """Sign in with number or mail address and password; in the sample company with one click."""
    if request.user.is_authenticated:
        return redirect(_after(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried = Try(form.cleaned_data["username"], request.META.get("REMOTE_ADDR", ""))
        if not tried.is_allowed():
            form.add_error(None, _("Too many attempts. Try again in 15 minutes, or ask an administrator."))
            return _page(request, form, status=429)
        person = authenticate(request, **form.cleaned_data)
        if person is not None:
            tried.take_back()
            login(request, person)
            return redirect(_after(request))
        form.add_error(None, _("Wrong number or password. Check both, or ask for a link to choose a new password."))
    return _page(request, form)


def _page(request: Request, form: SignInForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "organisation": Organisation.objects.first(),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "cast": demo_cast() if settings.DEMO else [],
        "is_empty": not Person.objects.exists(),
    }
    return render(request, "directory/signin.html", context, status=status)


def _after(request: Request) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else settings.LOGIN_REDIRECT_URL


def demo_cast() -> list[Person]:
    """Return the named people of the sample company, for sign-in with one click."""
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


@require_http_methods(["GET", "POST"])
@never_cache
def entry(request: Request, key: str) -> HttpResponseBase:
    """Set a password through a link and sign in: for invited guests, and people without a valid password."""
    try:
        link = read_login_link(key)
    except Refused as refused:
        return render(request, "directory/entry.html", {"reason": refused.reason}, status=410)
    form = PasswordForm(request.POST or None, person=link.person)
    if request.method == "POST" and form.is_valid():
        person = use_link(link, password=form.cleaned_data["password"])
        login(request, person, backend=BACKEND)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "directory/entry.html", {"form": form, "link": link})


@require_http_methods(["GET", "POST"])
def forgotten(request: Request) -> HttpResponseBase:
    """Request a link by mail. The response is the same whether or not the person exists."""
    if why_no_mail():
        return render(request, "directory/forgotten.html", {"no_mail": True})
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "directory/forgotten.html", {"form": form})
    if not may_try("forgotten", request.META.get("REMOTE_ADDR", ""), limit=ASKED_FROM_ONE_PLACE, minutes=60):
        form.add_error(None, _("Too many attempts. Try again in an hour, or ask an administrator."))
        return render(request, "directory/forgotten.html", {"form": form}, status=429)
    find_forgetful.enqueue(form.cleaned_data["username"])
    return render(request, "directory/forgotten.html", {"sent": True, "minutes": 60})


@require_http_methods(["GET", "POST"])
@login_required
def password(request: Request) -> HttpResponseBase:
    """Change the person's password; other sessions end, this one continues."""
    form = OwnPasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["password"]
        if form.succeeds(change_password, request.user, old=old, new=new):
            update_session_auth_hash(request, request.user)
            end_sessions(request.user, by=request.user, spare=request.session.session_key)
            messages.success(request, _("Password changed. Other devices are signed out."))
            return redirect("directory:profile", request.user.handle)
    sessions = open_sessions(request.user, asking=request.session.session_key)
    context = {"form": form, "sessions": sessions, "no_mail": why_no_mail()}
    return render(request, "directory/password.html", context)


@require_POST
@login_required
def session_end(request: Request) -> HttpResponseBase:
    """Sign the person out on one device (``session``), or on all others."""
    only = request.POST.get("session") or None
    ended = end_sessions(request.user, by=request.user, spare=request.session.session_key, only=only)
    message = ngettext("Signed out on %(n)s device.", "Signed out on %(n)s devices.", ended)
    messages.success(request, message % {"n": ended})
    return redirect("password")


@require_POST
@login_required
def addresses_renewal(request: Request) -> HttpResponseBase:
    """Replace the secret addresses."""
    renew_addresses(request.user, by=request.user)
    messages.success(
        request, _("You have new calendar and email addresses. Subscribe to the new one in your calendar.")
    )
    return redirect("password")
