"""The rota: who is on duty when."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.communities.views import community_or_404, frame
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request

from ..forms import DutyForm
from ..models import Duty
from ..rota import MOST, give_duty, take_off
from ..rules import can_keep_rota


@require_http_methods(["GET", "POST"])
@login_required
def rota(request: Request, slug: str) -> HttpResponseBase:
    """Show the week; moderators add lines."""
    community = community_or_404(request, slug)
    may_keep = can_keep_rota(request.user, community)
    if request.method == "POST":
        require(can_keep_rota, request.user, community)
    form = _form(request, community) if may_keep else None
    if (
        form is not None
        and request.method == "POST"
        and form.is_valid()
        and form.succeeds(give_duty, community, by=request.user, **form.cleaned_data)
    ):
        return redirect("discussions:rota", slug=slug)
    duties = list(community.duties.select_related("person")[:MOST])
    context = frame(request, community, "questions", duties=duties, form=form, may_keep=may_keep)
    return render(request, "discussions/rota.html", context)


def _form(request: Request, community: Community) -> DutyForm:
    form = DutyForm(request.POST or None, initial={"starts": "09:00", "ends": "12:00"})
    members = Person.objects.active().filter(memberships__community=community)
    form.fields["person"].queryset = members  # type: ignore[attr-defined]
    form.fields["person"].show_only(request.POST.get("person"))  # type: ignore[attr-defined]
    return form


@require_POST
@login_required
def removal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remove a line from the rota."""
    community = community_or_404(request, slug)
    take_off(get_object_or_404(Duty.objects.select_related("community"), pk=pk, community=community), by=request.user)
    return redirect("discussions:rota", slug=slug)
