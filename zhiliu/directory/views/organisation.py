"""The organisation: its settings, its logo, and the mark that verifies its address."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.site import base_url, is_loopback, known_address

from ..managing.forms import OrganisationForm
from ..managing.organisation import change_organisation, set_logo, vouch_for_address
from ..models import Organisation, Person, WorkHours
from ..reaching import address_fault, known_address_fault
from ..reaching import mark_address as own_mark
from ..rules import is_admin


@require_http_methods(["GET", "POST"])
@login_required
def organisation(request: Request) -> HttpResponseBase:
    """Name, address, logo, language and time zone, with links to mail, working time and administrators."""
    require(is_admin, request.user)
    row = Organisation.objects.filter(pk=1).first() or Organisation()
    form = OrganisationForm(request.POST or None, request.FILES or None, row=row, proposed=_proposed(request))
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, _("Saved"))
        return redirect("managing:organisation")
    context = {
        "form": form,
        "organisation": row,
        "address_is_declared": settings.ADDRESS_IS_DECLARED,
        "known_address": known_address(),
        "can_vouch": known_address() and not is_loopback(known_address()),
        "address_fault": "" if settings.DEMO or request.method == "POST" else known_address_fault(),
        "mail_obstacle": why_no_mail(),
        "hours": WorkHours.objects.first() or WorkHours(),
        "administrators": Person.objects.active().filter(is_admin=True).order_by("name"),
    }
    return render(request, "directory/managing/organisation.html", context)


def _proposed(request: Request) -> str:
    """Return the address this page was opened by, if it works for others."""
    address = base_url(request)
    return "" if is_loopback(address) else address


def _save(request: Request, form: OrganisationForm) -> bool:
    """Save the form; an address that does not lead here needs confirmation that it works in a browser."""
    values = form.known()
    address, version = values.get("address", ""), form.cleaned_data["version"]
    if address and address != form.row.address and not form.cleaned_data["sure"] and (fault := address_fault(address)):
        form.doubt(fault)
        return False
    try:
        if form.cleaned_data["logo"] is not None:
            set_logo(form.cleaned_data["logo"].read(), by=request.user)
        change_organisation(version=version, by=request.user, is_vouched=form.cleaned_data["sure"], **values)
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


@require_POST
@login_required
def address_vouch(request: Request) -> HttpResponseBase:
    """Confirm that the address works in a browser."""
    vouch_for_address(by=request.user)
    return redirect("managing:organisation")


@require_POST
@login_required
def logo_removal(request: Request) -> HttpResponseBase:
    """Remove the logo."""
    set_logo(None, by=request.user)
    return redirect("managing:organisation")


@require_GET
def logo(request: Request, digest: str) -> HttpResponseBase:
    """Return the logo; also without sign-in."""
    row = Organisation.objects.filter(pk=1, logo_digest=digest).exclude(logo=None).first()
    if row is None or not digest:
        raise Http404(digest)
    response = HttpResponse(bytes(row.logo or b""), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_GET
def mark(request: Request) -> HttpResponseBase:
    """Return this installation's mark, for checks of an address (``directory.reaching``)."""
    return HttpResponse(own_mark(), content_type="text/plain")
