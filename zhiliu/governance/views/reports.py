"""Reports to sponsors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhiliu.communities.models import Community
from zhiliu.communities.views.common import frame
from zhiliu.kit.system.confined import Overrun
from zhiliu.kit.system.pdf import has_pdf, pdf_of_html
from zhiliu.kit.web.http import Request

from ..forms import PlanForm
from ..models import Report
from ..periods import Period, month_period
from ..queries import report_title, tiles_of
from ..reporting import figures_of, plan_reports
from .desk import desk_of

AMOUNTS = ("amount", "now", "spent", "left")


@require_POST
@login_required
def plan(request: Request, slug: str) -> HttpResponseBase:
    """Set how often sponsors get a report."""
    community = desk_of(request, slug)
    form = PlanForm(request.POST)
    if form.is_valid():
        plan_reports(community, form.cleaned_data["rhythm"], by=request.user)
        messages.success(request, _("Saved"))
    return redirect("governance:desk", slug=slug)


@require_GET
@login_required
def report(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show the report of a period."""
    community = desk_of(request, slug)
    report = _report(community, pk)
    context = {**_shown(report, report_title(report)), "pdf": has_pdf()}
    return render(request, "governance/report.html", frame(request, community, "home", report=report, **context))


@require_GET
@login_required
def so_far(request: Request, slug: str) -> HttpResponseBase:
    """Show the figures of the current month so far."""
    community = desk_of(request, slug)
    today = timezone.localdate()
    month = Period(month_period(today).first, today)
    report = Report(
        community=community,
        starts_on=month.first,
        ends_on=month.last,
        figures=figures_of(community, month_period(today)),
    )
    context = _shown(report, _("%(title)s · so far") % {"title": report_title(report)})
    return render(request, "governance/report.html", frame(request, community, "home", report=report, **context))


@require_GET
@login_required
def pdf(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Return a report as PDF."""
    community = desk_of(request, slug)
    report = _report(community, pk)
    if not has_pdf():
        raise Http404("WeasyPrint is not installed")
    context = {"community": community, "report": report, **_shown(report, report_title(report))}
    # The title of a gathering must not make the server fetch anything: drawing a PDF fetches nothing.
    try:
        content = pdf_of_html(render_to_string("governance/report_pdf.html", context))
    except Overrun:
        messages.error(request, _("The PDF could not be made in time. Try again later."))
        return redirect(report)
    name = f"{community.slug}-{report.starts_on:%Y-%m}.pdf"
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _report(community: Community, pk: int) -> Report:
    return get_object_or_404(Report.objects.select_related("community"), community=community, pk=pk)


def _shown(report: Report, title: str) -> dict[str, Any]:
    figures = report.figures
    money = figures["money"]
    return {
        "title": title,
        "figures": figures,
        "tiles": tiles_of(report),
        "lines": [{**line, **{name: Decimal(line[name]) for name in AMOUNTS}} for line in money["lines"]],
        "spent": [{**spending, "amount": Decimal(spending["amount"])} for spending in money["spent"]],
        "total": Decimal(money["total"]),
    }
