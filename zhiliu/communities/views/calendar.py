"""The calendar of a community, and its own occasions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once

from ..calendar_grid import month_of, read_month
from ..forms import OccasionForm
from ..models import Occasion
from ..occasions import add_occasion, change_occasion, remove_occasion
from ..rules import can_edit_home
from .common import community_or_404, frame


@require_GET
@login_required
def month(request: Request, slug: str) -> HttpResponseBase:
    """Show a month: gatherings, closing polls, occasions, holidays."""
    community = community_or_404(request, slug)
    shown = month_of(community, request.user, read_month(request.GET.get("month", "")))
    context = frame(request, community, "calendar", month=shown, today=timezone.localdate())
    return render(request, "communities/calendar.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def occasion_new(request: Request, slug: str) -> HttpResponseBase:
    """Add an occasion."""
    community = community_or_404(request, slug)
    require(can_edit_home, request.user, community)
    day = request.GET.get("day", "")
    form = OccasionForm(request.POST or None, initial={"starts_on": day, "ends_on": day})
    if request.method == "POST" and form.is_valid():
        occasion = form.attempt(add_occasion, community, by=request.user, **form.wanted())
        if occasion is not None:
            messages.success(request, _("Date added"))
            return redirect(_month_url(occasion))
    return render(request, "communities/occasion.html", frame(request, community, "calendar", form=form))


@require_http_methods(["GET", "POST"])
@login_required
def occasion(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Change an occasion."""
    community = community_or_404(request, slug)
    require(can_edit_home, request.user, community)
    occasion = get_object_or_404(community.occasions, pk=pk)
    names = ("title", "note", "starts_on", "ends_on", "version")
    form = OccasionForm(request.POST or None, initial={name: getattr(occasion, name) for name in names})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        if form.succeeds(change_occasion, occasion, by=request.user, version=version, **form.wanted()):
            messages.success(request, _("Saved"))
            occasion.refresh_from_db()
            return redirect(_month_url(occasion))
    context = frame(request, community, "calendar", form=form, occasion=occasion)
    return render(request, "communities/occasion.html", context)


@require_POST
@login_required
def occasion_removal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remove an occasion from the calendar."""
    community = community_or_404(request, slug)
    occasion = community.occasions.filter(pk=pk).first()
    if occasion is not None:
        remove_occasion(occasion, by=request.user)
    messages.success(request, _("Removed from the calendar"))
    return redirect("communities:calendar", slug=slug)


def _month_url(occasion: Occasion) -> str:
    return f"{reverse('communities:calendar', args=[occasion.community.slug])}?month={occasion.starts_on:%Y-%m}"
