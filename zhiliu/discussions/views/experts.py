"""Requests to colleagues who may know, and their limits."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.communities.views import frame
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back

from .. import queries
from ..asking_experts import ask_expert, decline_expert_request, set_limit
from ..experts import USUAL, expert_suggestions
from ..forms import ExpertForm, LimitForm
from ..models import AskingLimit, ExpertRequest
from ..rules import can_ask_expert
from .common import question_or_404


@require_http_methods(["GET", "POST"])
@login_required
def experts(request: Request, pk: int) -> HttpResponseBase:
    """List people who may know, with evidence; a POST asks ``person``."""
    question = question_or_404(request, pk)
    require(can_ask_expert, request.user, question)
    form = ExpertForm(request.POST or None)
    form.fields["person"].queryset = visible_people(request.user)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        expert_request = form.attempt(ask_expert, question, form.cleaned_data["person"], by=request.user)
        if expert_request is not None:
            messages.success(request, _("%(name)s was asked.") % {"name": expert_request.person.name})
            return redirect(question)
    requests = queries.requests_of(question)
    context = frame(
        request,
        question.community,
        "questions",
        question=question,
        form=form,
        suggestions=expert_suggestions(question, request.user, most=8),
        requests=requests,
        one_is_asked=queries.one_is_asked(requests),
    )
    return render(request, "discussions/experts.html", context)


@require_POST
@login_required
def declining(request: Request, pk: int) -> HttpResponseBase:
    """Decline a request."""
    question = question_or_404(request, pk)
    decline_expert_request(get_object_or_404(ExpertRequest, question=question, person=request.user), by=request.user)
    messages.success(request, _("Thanks for letting us know. We’ll ask someone else."))
    return redirect(back(request, question.get_absolute_url()))


@require_http_methods(["GET", "POST"])
@login_required
def limit(request: Request) -> HttpResponseBase:
    """Set how many requests a week the person accepts."""
    current = AskingLimit.objects.filter(person=request.user).values_list("most", flat=True).first()
    form = LimitForm(request.POST or None, initial={"most": USUAL if current is None else current})
    if request.method == "POST" and form.is_valid():
        set_limit(form.cleaned_data["most"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect(request.user)
    return render(request, "discussions/limit.html", {"form": form})
