"""The sponsor's desk: budget, spending, reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.communities.views.common import community_or_404, frame
from zhiliu.files.storing import upload
from zhiliu.files.views.serving import serve
from zhiliu.gatherings.models import Gathering
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..budgets import set_line, spend, take_back_spending
from ..forms import LineForm, PlanForm, SpendingForm
from ..models import BudgetLine, Report, ReportPlan, Spending
from ..queries import budget_lines_of, report_title, spendings_of, years_of
from ..rules import can_keep_budget, can_see_spending

REPORTS_SHOWN = 12
RECENT = dt.timedelta(days=200)


def desk_of(request: Request, slug: str) -> Community:
    """Return a community whose spending the person may see."""
    community = community_or_404(request, slug)
    require(can_see_spending, request.user, community)
    return community


@require_GET
@login_required
def desk(request: Request, slug: str) -> HttpResponseBase:
    """Show the budget lines of a year, the spending and the reports."""
    community = desk_of(request, slug)
    this = timezone.localdate().year
    year = min(key_of(request.GET.get("year")) or this, 9999)
    lines = budget_lines_of(community, year)
    plan = ReportPlan.objects.filter(community=community).first()
    context = frame(
        request,
        community,
        "home",
        year=year,
        years=years_of(community, this),
        lines=lines,
        amount=sum(line.line.amount for line in lines),
        spent=sum(line.spent for line in lines),
        page=page_of(spendings_of(community, year), request, by="-on"),
        reports=_reports(community),
        plan_form=PlanForm(initial={"rhythm": plan.rhythm if plan else ReportPlan.Rhythm.NEVER}),
        may_keep=can_keep_budget(request.user, community),
    )
    return render(request, "governance/desk.html", context)


def _reports(community: Community) -> list[tuple[Report, str]]:
    rows = Report.objects.filter(community=community).select_related("community")[:REPORTS_SHOWN]
    return [(row, report_title(row)) for row in rows]


@require_http_methods(["GET", "POST"])
@login_required
@once
def line_new(request: Request, slug: str) -> HttpResponseBase:
    """Add a budget line."""
    return _line(request, desk_of(request, slug), None)


@require_http_methods(["GET", "POST"])
@login_required
def line_edit(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Change a budget line."""
    community = desk_of(request, slug)
    return _line(request, community, get_object_or_404(BudgetLine, community=community, pk=pk))


def _line(request: Request, community: Community, line: BudgetLine | None) -> HttpResponseBase:
    require(can_keep_budget, request.user, community)
    initial: dict[str, Any] = {"year": timezone.localdate().year}
    if line:
        initial = {"title": line.title, "year": line.year, "amount": line.amount}
    form = LineForm(request.POST or None, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(set_line, community, line, by=request.user, **form.cleaned_data)
    ):
        return redirect("governance:desk", slug=community.slug)
    return render(request, "governance/line.html", frame(request, community, "home", form=form, line=line))


@require_http_methods(["GET", "POST"])
@login_required
@once
def spending_new(request: Request, slug: str) -> HttpResponseBase:
    """Record spending."""
    community = desk_of(request, slug)
    require(can_keep_budget, request.user, community)
    today = timezone.localdate()
    lines = list(BudgetLine.objects.filter(community=community, year__gte=today.year - 1).order_by("-year", "pk"))
    form = SpendingForm(
        request.POST or None,
        request.FILES or None,
        initial={"on": today},
        lines=lines,
        gatherings=_recent_gatherings(community),
    )
    if request.method == "POST" and form.is_valid() and form.succeeds(_spend, request, community, form.cleaned_data):
        messages.success(request, _("Saved"))
        return redirect("governance:desk", slug=community.slug)
    return render(request, "governance/spending.html", frame(request, community, "home", form=form, lines=lines))


def _recent_gatherings(community: Community) -> list[tuple[int, str]]:
    rows = Gathering.objects.filter(community=community, starts_at__gte=timezone.now() - RECENT)
    return list(rows.order_by("-starts_at").values_list("pk", "title")[:40])


def _spend(request: Request, community: Community, values: dict[str, Any]) -> None:
    line = get_object_or_404(BudgetLine, community=community, pk=values["line"])
    receipt = values["receipt"]
    stored = None
    if receipt:
        stored = upload(receipt.file, name=receipt.name, by=request.user, community=community, is_private=True)
    spend(
        line,
        on=values["on"],
        amount=values["amount"],
        what=values["what"],
        bought=values["bought"],
        gathering_id=key_of(values["gathering"]) or None,
        receipt=stored,
        by=request.user,
    )


def _spendings(community: Community) -> QuerySet[Spending]:
    return Spending.objects.filter(line__community=community)


@require_GET
@login_required
def receipt(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Return the receipt of a payment, for those who may see spending."""
    community = desk_of(request, slug)
    spending = get_object_or_404(_spendings(community).select_related("receipt__file"), pk=pk)
    if spending.receipt is None:
        raise Http404(pk)
    return serve(spending.receipt)


@require_POST
@login_required
def removal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Strike out a payment, or restore it (``undo=1``)."""
    community = desk_of(request, slug)
    spending = get_object_or_404(_spendings(community).select_related("line__community"), pk=pk)
    take_back_spending(spending, request.POST.get("undo") != "1", by=request.user)
    return redirect("governance:desk", slug=slug)
