"""Administration of people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.csv_export import csv_answer
from zhiliu.kit.web.http import Request, key_of, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import chosen_order, in_order, kept_filters, page_of
from zhiliu.kit.web.qr_code import qr_code
from zhiliu.kit.web.site import base_url

from ..accounts import deactivate, reactivate
from ..exporting import list_answer
from ..link_handover import link_lines, without_password
from ..login_links import LIFE, Purpose, hand_link, login_link_key
from ..mailing import mail_links
from ..managing.forms import PersonForm
from ..managing.people import StalePerson, change_person, enter_person, set_administrator
from ..models import Department, Person
from ..queries import MANAGED_ORDERS, links_left, managed_lines, managed_people, managing_acts, with_managed_columns
from ..rules import is_admin
from ..sessions import end_sessions, open_sessions

SHOWN = ("", "gone", "guests", "admins")
LACKS = ("", "entry", "email")


@require_GET
@login_required
def people(request: Request) -> HttpResponseBase:
    """List everybody: active people, leavers, guests, administrators."""
    require(is_admin, request.user)
    rows, filters = _found(request)
    context = {
        "page": page_of(with_managed_columns(rows), request, by=MANAGED_ORDERS[filters["sort"]].by, size=30),
        **filters,
        "orders": MANAGED_ORDERS,
        "kept": kept_filters(request, "q", "lack", "department", "sort"),
        "departments": [(row.pk, "　" * row.tree_depth + row.name) for row in Department.objects.with_tree_fields()],
        "never": managed_people(lack="entry").count(),
        "acts": managing_acts,
        **links_left(_without_password(rows)),
    }
    return render(request, "directory/managing/people.html", context)


def _found(request: Request) -> tuple[QuerySet[Person], dict[str, Any]]:
    """Return the people that match the filters of the address, and the filters."""
    text, show, lack = (request.GET.get(name, "").strip()[:60] for name in ("q", "show", "lack"))
    key = key_of(request.GET.get("department"))
    department = Department.objects.without_tree_fields().filter(pk=key).first() if key else None
    show, lack = show if show in SHOWN else "", lack if lack in LACKS else ""
    rows = managed_people(text=text, show=show, lack=lack, department=department)
    sort = chosen_order(request, MANAGED_ORDERS, name="sort")
    return rows, {"text": text, "show": show, "lack": lack, "department": department, "sort": sort}


def _without_password(people: QuerySet[Person]) -> QuerySet[Person]:
    return without_password().filter(pk__in=people.order_by().values("pk"))


@require_GET
@login_required
def people_file(request: Request) -> HttpResponseBase:
    """The people that match the filters, as a file."""
    require(is_admin, request.user)
    rows, filters = _found(request)
    ordered = in_order(with_managed_columns(rows), MANAGED_ORDERS[filters["sort"]].by)
    return list_answer(request, managed_lines(ordered), title=_("List of colleagues"), file="people")


def _chosen(request: Request) -> QuerySet[Person]:
    """Return who is to get a link: the ticked people, or all that match the filters of the address (``all=1``).

    Raises:
        Refused: none of them is without a password.
    """
    keys = [key_of(key) for key in request.POST.getlist("person")]
    people = _found(request)[0] if request.POST.get("all") == "1" else Person.objects.filter(pk__in=keys)
    chosen = _without_password(people)
    if not chosen.exists():
        raise Refused(_("Choose at least one person who has no password yet."))
    return chosen


@require_POST
@login_required
def chosen_mailing(request: Request) -> HttpResponseBase:
    """Email the chosen people a link for a first sign-in."""
    require(is_admin, request.user)
    return redirect(mail_links(_chosen(request), about=_("Chosen colleagues"), by=request.user))


@require_POST
@login_required
@never_cache
def chosen_links(request: Request) -> HttpResponseBase:
    """Download the same links, to pass on; only this file has them."""
    require(is_admin, request.user)
    return csv_answer(link_lines(_chosen(request), base=base_url(request), by=request.user), "links")


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


def _differing(form: PersonForm, other: Person) -> list[tuple[Any, Any]]:
    """Return the current values that differ from what was typed; the form may then be sent again."""
    now = PersonForm(person=other)
    form.data = {**form.data.dict(), "version": str(other.version)}  # type: ignore[attr-defined]
    names = [name for name in form.changed_data if name != "version"]
    return [(form.fields[name].label, _said(now, name, other)) for name in names]


def _said(form: PersonForm, name: str, other: Person) -> Any:
    return getattr(other, name, None) or form.fields[name].initial or "—"


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
    context = {"person": person, "url": url, "days": LIFE[Purpose.HANDED].days, "code": qr_code(url)}
    return render(request, "directory/managing/link.html", context)
