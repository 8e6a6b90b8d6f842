"""Goals of the organisation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.object_types import card_or_404
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..forms import GoalForm
from ..goals import change_goal, close_goal, end_service, serve_goal, state_goal
from ..models import Goal
from ..queries import goals_with_counts, hidden_in, open_goals, served_by
from ..rules import can_see_goals, can_set_goals


@require_GET
@login_required
def goals(request: Request) -> HttpResponseBase:
    """List the goals of the organisation, and how much serves them."""
    require(can_see_goals, request.user, None)
    closed = request.GET.get("closed") == "1"
    rows = goals_with_counts().filter(closed_at__isnull=not closed)
    context = {
        "page": page_of(rows, request, by="pk"),
        "closed": closed,
        "any_closed": Goal.objects.exclude(closed_at=None).exists(),
        "may_set": can_set_goals(request.user, None),
    }
    return render(request, "governance/goals.html", context)


@require_GET
@login_required
def goal(request: Request, pk: int) -> HttpResponseBase:
    """Show a goal with what serves it."""
    require(can_see_goals, request.user, None)
    goal = get_object_or_404(Goal.objects.select_related("owner"), pk=pk)
    sections = served_by(goal, request.user)
    context = {
        "goal": goal,
        "sections": sections,
        "hidden": hidden_in(goal, sections),
        "may_set": can_set_goals(request.user, goal),
    }
    return render(request, "governance/goal.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def goal_new(request: Request) -> HttpResponseBase:
    """State a goal."""
    require(can_set_goals, request.user, None)
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        goal = form.attempt(state_goal, by=request.user, **form.wanted())
        if goal is not None:
            return redirect(goal)
    return render(request, "governance/goal_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def goal_edit(request: Request, pk: int) -> HttpResponseBase:
    """Change a goal."""
    require(can_set_goals, request.user, None)
    goal = get_object_or_404(Goal, pk=pk)
    names = ("title", "why", "measure", "ends_on", "version")
    initial = {**{name: getattr(goal, name) for name in names}, "owner": goal.owner_id}
    form = GoalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        if form.succeeds(change_goal, goal, version=version, by=request.user, **form.wanted()):
            return redirect(goal)
    return render(request, "governance/goal_form.html", {"form": form, "goal": goal})


@require_POST
@login_required
def closure(request: Request, pk: int) -> HttpResponseBase:
    """Close a goal, or reopen it (``undo=1``)."""
    goal = get_object_or_404(Goal, pk=pk)
    close_goal(goal, request.POST.get("undo") != "1", by=request.user)
    messages.success(request, _("Saved"))
    return redirect(goal)


@require_POST
@login_required
def service(request: Request, kind: str, key: int) -> HttpResponseBase:
    """Link an object to a goal it serves, or unlink it (``undo=1``)."""
    card = card_or_404(kind, key, request.user)
    goal_key = key_of(request.POST.get("goal"))
    if request.POST.get("undo") == "1":
        end_service(get_object_or_404(Goal, pk=goal_key), card, by=request.user)
    elif goal_key:
        serve_goal(get_object_or_404(open_goals(), pk=goal_key), card, by=request.user)
    return redirect(back(request, card.url))
