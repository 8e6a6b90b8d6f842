"""The plan of openings below a community."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..forms import OpeningForm, PlanForm, PreparedForm
from ..models import Community, Opening, PreparedAnnouncement
from ..opening.carrying_out import open_now
from ..opening.planning import (
    MOST,
    Planned,
    can_be_planned,
    plan_openings,
    postpone,
    prepare,
    propose_existing,
    propose_openings,
    withdraw_opening,
)
from ..rules import can_set_up
from .common import community_or_404, frame

FIRST_IN_DAYS, EVERY_DAYS = 14, 7


def _planned_by(request: Request, slug: str) -> Community:
    """Return a community whose openings the person may plan, or refuse with the rule's reason."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    return community


def _opening_or_404(request: Request, slug: str, pk: int) -> Opening:
    community = _planned_by(request, slug)
    return get_object_or_404(community.openings.select_related("community", "parent"), pk=pk)


@require_GET
@login_required
def openings(request: Request, slug: str) -> HttpResponseBase:
    """List the openings below this community."""
    community = _planned_by(request, slug)
    rows = community.openings.select_related("community").annotate(
        prepared=Count("announcements"), sent=Count("announcements", filter=Q(announcements__sent_at__isnull=False))
    )
    context = frame(request, community, "home", page=page_of(rows, request, by="opens_at", size=50))
    return render(request, "communities/opening/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def plan(request: Request, slug: str) -> HttpResponseBase:
    """Plan communities below this one; ``preview`` only shows them."""
    community = _planned_by(request, slug)
    first = timezone.localdate() + dt.timedelta(days=FIRST_IN_DAYS)
    initial = {"part": Opening.Part.REGION, "first_on": first, "clock": "09:00", "every_days": EVERY_DAYS}
    existing = can_be_planned(community).order_by("name")[:MOST]
    form, planned = PlanForm(request.POST or None, initial=initial, existing=existing), []
    if request.method == "POST" and form.is_valid():
        try:
            planned = _proposed(community, form)
            if "preview" not in request.POST:
                return _made(request, community, planned, form.cleaned_data["part"])
        except Refused as refused:
            form.refuse(refused)
    return render(
        request, "communities/opening/plan.html", frame(request, community, "home", form=form, planned=planned)
    )


def _proposed(community: Community, form: PlanForm) -> list[Planned]:
    values = form.cleaned_data
    if values["part"] == Opening.Part.EXISTING:
        return propose_existing(community, form.chosen(), first=form.first(), every_days=values["every_days"])
    names = values["names"].splitlines()
    return propose_openings(community, values["part"], names=names, first=form.first(), every_days=values["every_days"])


def _made(request: Request, community: Community, planned: list[Planned], part: str) -> HttpResponseBase:
    count = len(plan_openings(community, planned, part=part, by=request.user))
    if part == Opening.Part.EXISTING:
        text = ngettext(
            "%(count)s community now has an opening date.", "%(count)s communities now have an opening date.", count
        )
        messages.success(request, text % {"count": count})
        return redirect("communities:openings", slug=community.slug)
    text = ngettext("%(count)s community is being prepared.", "%(count)s communities are being prepared.", count)
    messages.success(request, text % {"count": count})
    return redirect("communities:openings", slug=community.slug)


@require_http_methods(["GET", "POST"])
@login_required
def opening(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show an opening and its announcements; a POST reschedules it."""
    opening = _opening_or_404(request, slug, pk)
    at = timezone.localtime(opening.opens_at)
    form = OpeningForm(request.POST or None, initial={"day": at.date(), "clock": at.time(), "version": opening.version})
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(
            postpone, opening, form.opens_at(), version=form.cleaned_data["version"] or 0, by=request.user
        )
    ):
        messages.success(request, _("Saved"))
        return redirect("communities:opening", slug=slug, pk=pk)
    prepared = opening.announcements.select_related("opening")
    context = frame(request, opening.parent, "home", opening=opening, form=form, prepared=prepared)
    return render(request, "communities/opening/opening.html", context)


@require_POST
@login_required
def opening_now(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Open it before its time."""
    opening = _opening_or_404(request, slug, pk)
    open_now(opening, by=request.user)
    messages.success(
        request, _("The prepared announcement is sent.") if opening.part == "existing" else _("It is open.")
    )
    return redirect("communities:opening", slug=slug, pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
@once
def prepared_new(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Create an announcement around the opening."""
    opening = _opening_or_404(request, slug, pk)
    form = PreparedForm(request.POST or None, initial={"audience": PreparedAnnouncement.Audience.INSIDE, "days": 0})
    if request.method == "POST" and form.is_valid():
        prepare(opening, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return redirect("communities:opening", slug=slug, pk=pk)
    context = frame(request, opening.parent, "home", opening=opening, form=form)
    return render(request, "communities/opening/prepared.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def prepared(request: Request, slug: str, pk: int, number: int) -> HttpResponseBase:
    """Change an announcement that was not sent."""
    opening = _opening_or_404(request, slug, pk)
    prepared_announcement = get_object_or_404(opening.announcements, pk=number)
    names = ("audience", "days", "title", "body")
    form = PreparedForm(request.POST or None, initial={name: getattr(prepared_announcement, name) for name in names})
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(prepare, opening, by=request.user, prepared=prepared_announcement, **form.cleaned_data)
    ):
        messages.success(request, _("Saved"))
        return redirect("communities:opening", slug=slug, pk=pk)
    context = frame(request, opening.parent, "home", opening=opening, form=form, prepared=prepared_announcement)
    return render(request, "communities/opening/prepared.html", context)


@require_POST
@login_required
def prepared_removal(request: Request, slug: str, pk: int, number: int) -> HttpResponseBase:
    """Delete an announcement that was not sent."""
    opening = _opening_or_404(request, slug, pk)
    prepared_announcement = opening.announcements.select_related("opening__parent").filter(pk=number).first()
    if prepared_announcement is not None:
        withdraw_opening(prepared_announcement, by=request.user)
    messages.success(request, _("Removed"))
    return redirect("communities:opening", slug=slug, pk=pk)
