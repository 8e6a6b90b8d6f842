"""The page where administrators keep synonyms."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request

from ..forms import SynonymsForm
from ..models import SynonymGroup, SynonymSuggestion
from ..rules import keeps_synonyms
from ..synonyms import add_synonyms, dismiss_suggestion, remove_synonyms

MOST_SUGGESTED = 20


@require_http_methods(["GET", "POST"])
@login_required
def synonyms(request: Request) -> HttpResponseBase:
    """List synonyms and what searches suggest; add some."""
    require(keeps_synonyms, request.user)
    form = SynonymsForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.attempt(add_synonyms, form.cleaned_data["words"], by=request.user) is not None
    ):
        messages.success(request, _("Saved. Searches find them from now on."))
        return redirect("search:synonyms")
    # What one colleague alone searched for is shown to nobody.
    suggested = SynonymSuggestion.objects.filter(is_dismissed=False, count__gte=2).order_by("-count", "pk")
    context = {
        "form": form,
        "groups": SynonymGroup.objects.prefetch_related("synonyms").order_by("-pk"),
        "suggested": suggested[:MOST_SUGGESTED],
    }
    return render(request, "search/synonyms.html", context)


@require_POST
@login_required
def removal(request: Request, pk: int) -> HttpResponseBase:
    """Remove a group; one that is gone already is removed, too."""
    require(keeps_synonyms, request.user)
    group = SynonymGroup.objects.filter(pk=pk).first()
    if group is not None:
        remove_synonyms(group, by=request.user)
        messages.success(request, pgettext("synonyms", "Removed"))
    return redirect("search:synonyms")


@require_POST
@login_required
def suggestion(request: Request, pk: int) -> HttpResponseBase:
    """Keep what searches suggest (``keep=1``), or dismiss it for good."""
    require(keeps_synonyms, request.user)
    row = SynonymSuggestion.objects.filter(pk=pk).first()
    if row is not None:
        if request.POST.get("keep"):
            add_synonyms(f"{row.before}、{row.after}", by=request.user)
            messages.success(request, _("Saved. Searches find them from now on."))
        dismiss_suggestion(row, by=request.user)
    return redirect("search:synonyms")
