"""Sanctions: a community's list, one with its appeal, and a person's own record."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.notification_types import looked_at
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..appealing import appeal, decide_appeal
from ..forms import AnswerForm, AppealForm, SanctionForm
from ..models import Appeal, Decision, HeldPost, Report, Sanction
from ..queries import decision_lines
from ..rules import can_appeal, can_decide_appeal
from ..sanctioning import NEEDED, impose, kinds_for, lift
from .common import moderation_frame, place_or_404


@require_GET
@login_required
def sanctions(request: Request, slug: str | None = None) -> HttpResponseBase:
    """List sanctions of one or all moderated communities, newest first."""
    community = place_or_404(request, slug)
    rows = Sanction.objects.visible_to(request.user).exclude(person=request.user)
    rows = rows.select_related("person", "community", "by", "appeal")
    if community is not None:
        rows = rows.filter(community=community)
    page = page_of(rows, request, by="-at")
    return render(request, "moderation/sanctions.html", moderation_frame(request, community, "sanctions", page=page))


@require_http_methods(["GET", "POST"])
@login_required
@once
def sanction_new(request: Request, slug: str) -> HttpResponseBase:
    """Impose a sanction for behaviour outside messages. ``person`` preselects the person."""
    community = place_or_404(request, slug)
    assert community is not None
    form = SanctionForm(
        request.POST or None,
        community=community,
        kinds=kinds_for(request.user, community),
        initial={"person": request.GET.get("person", "")},
    )
    if request.method == "POST" and form.is_valid() and form.chosen is not None:
        cleaned = form.cleaned_data
        sanction = form.attempt(
            impose,
            community,
            form.chosen,
            cleaned["sanction"],
            reason=cleaned["reason"],
            rule=cleaned["rule"],
            until=form.until(),
            by=request.user,
        )
        if sanction is not None:
            messages.success(request, _("%(name)s is notified.") % {"name": form.chosen.name})
            return redirect(sanction)
    return render(request, "moderation/sanction_new.html", moderation_frame(request, community, "sanctions", form=form))


@require_GET
@login_required
def sanction(request: Request, pk: int) -> HttpResponseBase:
    """Show one sanction with its reason, term and appeal."""
    sanction = _sanction_or_404(request, pk)
    looked_at.provider(request.user, "sanction", sanction.pk)
    appeal_row = Appeal.objects.select_related("decided_by").filter(sanction=sanction).first()
    about = decision_lines([sanction.decision]) if sanction.decision else []
    context = {
        "sanction": sanction,
        "appeal": appeal_row,
        "about": about[0] if about else None,
        "is_mine": sanction.person_id == request.user.pk,
        "may_appeal": appeal_row is None and sanction.lifted_at is None and can_appeal(request.user, sanction),
        "may_decide": appeal_row is not None and not appeal_row.outcome and can_decide_appeal(request.user, sanction),
        "why_not_decide": can_decide_appeal.why_not(request.user, sanction),
        "may_lift": sanction.lifted_at is None
        and sanction.person_id != request.user.pk
        and NEEDED[Sanction.Kind(sanction.kind)](request.user, sanction.community),
        "form": AppealForm(),
        "answer_form": AnswerForm(),
    }
    return render(request, "moderation/sanction.html", context)


def _sanction_or_404(request: Request, pk: int) -> Sanction:
    rows = Sanction.objects.visible_to(request.user)
    rows = rows.select_related("community", "person", "by", "lifted_by", "decision__author")
    return get_object_or_404(rows, pk=pk)


@require_POST
@login_required
@once
def appeals(request: Request, pk: int) -> HttpResponseBase:
    """Appeal against the reader's sanction."""
    sanction = _sanction_or_404(request, pk)
    form = AppealForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Give a reason."))
    appeal(sanction, words=form.cleaned_data["words"], by=request.user)
    messages.success(request, _("Someone other than the person who decided is reviewing your appeal."))
    return redirect(sanction)


@require_POST
@login_required
def answer(request: Request, pk: int) -> HttpResponseBase:
    """Decide an appeal (``grant=1`` or not)."""
    sanction = _sanction_or_404(request, pk)
    appeal_row = get_object_or_404(
        Appeal.objects.select_related("sanction__community", "sanction__person"), sanction=sanction
    )
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Give a reason."))
    decide_appeal(
        appeal_row, grant=request.POST.get("grant") == "1", answer=form.cleaned_data["answer"], by=request.user
    )
    messages.success(request, _("%(name)s is notified.") % {"name": sanction.person.name})
    return redirect(sanction)


@require_POST
@login_required
def lifting(request: Request, pk: int) -> HttpResponseBase:
    """Lift a sanction before its term."""
    sanction = _sanction_or_404(request, pk)
    lift(sanction, by=request.user)
    messages.success(request, _("Ended."))
    return redirect(sanction)


@require_GET
@login_required
def mine(request: Request) -> HttpResponseBase:
    """Show the reader's record: held posts, decisions, sanctions, and reports."""
    person = request.user
    decisions = Decision.objects.filter(author=person, outcome=Decision.Outcome.TAKEN_DOWN).standing()
    page = page_of(decisions.select_related("community", "by"), request, by="-at")
    reports = Report.objects.filter(by=person).select_related("decision", "community").order_by("-at")[:30]
    for row in page.rows:
        looked_at.provider(person, "decision", row.pk)
    context = {
        "waiting": HeldPost.objects.waiting().filter(by=person).select_related("community").order_by("at")[:30],
        "rows": decision_lines(page.rows),
        "next_url": page.next_url,
        "sanctions": Sanction.objects.filter(person=person).select_related("community", "appeal").order_by("-at")[:30],
        "reports": reports,
    }
    return render(request, "moderation/mine.html", context)
