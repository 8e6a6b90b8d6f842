"""Administration of people."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.site import base_url

from ..accounts import deactivate, reactivate
from ..login_links import LIFE, Purpose, hand_link, login_link_key
from ..managing.forms import PersonForm
from ..managing.people import StalePerson, change_person, enter_person, set_administrator
from ..models import Person
from ..queries import managed_people, managing_acts
from ..rules import is_admin
from ..sessions import end_sessions, open_sessions

SHOWN = ("", "gone", "guests", "admins")


@require_GET
@login_required
def people(request: Request) -> HttpResponseBase:
    """List everybody: active people, leavers, guests, administrators."""
    require(is_admin, request.user)
    text, show = request.GET.get("q", "").strip()[:60], request.GET.get("show", "")
    show = show if show in SHOWN else ""
    page = page_of(managed_people(text=text, show=show), request, by="name", size=30)
    context = {"page": page, "text": text, "show": show, "acts": managing_acts}
    return render(request, "directory/managing/people.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def person_new(request: Request) -> HttpResponseBase:
    """Create a person manually."""
    require(is_admin, request.user)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.attempt(enter_person, by=request.user, values=form.values(), **form.known())
        if person is not None:
            messages.success(
                request, _("%(name)s has been added. Now send them a link to sign in.") % {"name": person.name}
            )
            return redirect("managing:person", person.handle)
    return render(request, "directory/managing/person_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def person(request: Request, handle: str) -> HttpResponseBase:
    """Change a person; a concurrent change is shown beside the form."""
    require(is_admin, request.user)
    person = _person(handle)
    form, theirs = PersonForm(request.POST or None, person=person), []
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            change_person(person, version=version, by=request.user, values=form.values(), **form.known())
        except StalePerson as refused:
            form.refuse(refused)
            theirs = _differing(form, person)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved"))
            return redirect("managing:person", person.handle)
    return render(
        request,
        "directory/managing/person.html",
        {"form": form, "person": person, "theirs": theirs, "sessions": open_sessions(person)},
    )


def _person(handle: str) -> Person:
    people = Person.objects.exclude(kind=Person.Kind.BOT).select_related("department", "position", "manager")
    return get_object_or_404(people, handle=handle)


def _differing(form: PersonForm, found: Person) -> list[tuple[Any, Any]]:
    """Return the current values that differ from what was typed; the form may then be sent again."""
    now = PersonForm(person=found)
    form.data = {**form.data.dict(), "version": str(found.version)}  # type: ignore[attr-defined]
    names = [name for name in form.changed_data if name != "version"]
    return [(form.fields[name].label, _said(now, name, found)) for name in names]


def _said(form: PersonForm, name: str, found: Person) -> Any:
    return getattr(found, name, None) or form.fields[name].initial or "—"


@require_POST
@login_required
def leaving(request: Request, handle: str) -> HttpResponseBase:
    """Deactivate a person (``on=1``) or reactivate them (``on=0``)."""
    person = _person(handle)
    if wished(request):
        deactivate(person, by=request.user)
        messages.success(request, _("%(name)s has left. Their content stays.") % {"name": person.name})
    else:
        reactivate(person, by=request.user)
        messages.success(request, _("%(name)s is back. Send them a link to sign in.") % {"name": person.name})
    return redirect("managing:person", handle)


@require_POST
@login_required
def administrator(request: Request, handle: str) -> HttpResponseBase:
    """Appoint an administrator (``on=1``) or dismiss them (``on=0``)."""
    person = _person(handle)
    set_administrator(person, wished(request), by=request.user)
    messages.success(request, _("Saved"))
    if person.pk == request.user.pk and not wished(request):
        return redirect("home")
    return redirect("managing:person", handle)


@require_POST
@login_required
def sessions(request: Request, handle: str) -> HttpResponseBase:
    """Sign a person out on all their devices."""
    require(is_admin, request.user)
    ended = end_sessions(_person(handle), by=request.user, spare=request.session.session_key)
    message = ngettext("Signed out on %(n)s device.", "Signed out on %(n)s devices.", ended)
    messages.success(request, message % {"n": ended})
    return redirect("managing:person", handle)


@require_POST
@login_required
@never_cache
def link(request: Request, handle: str) -> HttpResponseBase:
    """Create a link to pass on. Only this response shows it."""
    person = _person(handle)
    login_link = hand_link(person, by=request.user)
    url = base_url(request) + reverse("entry", args=[login_link_key(login_link)])
    context = {"person": person, "url": url, "days": LIFE[Purpose.HANDED].days, "code": _qr_code(url)}
    return render(request, "directory/managing/link.html", context)


def _qr_code(url: str) -> SafeString:
    svg = segno.make(url, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    return mark_safe(svg)  # noqa: S308 - made of black and white squares by segno
