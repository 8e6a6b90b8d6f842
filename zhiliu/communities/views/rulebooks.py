"""The rules of a community."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request

from .. import queries
from ..forms import RulebookForm
from ..joining import accept_rulebook
from ..rules import can_set_up
from ..starting import set_rulebook
from .common import community_or_404, frame


@require_GET
@login_required
def rulebook(request: Request, slug: str) -> HttpResponseBase:
    """Show the current rules, and earlier versions."""
    community = community_or_404(request, slug)
    books = list(community.rulebooks.select_related("by")[:20])
    accepted = queries.rulebook_state(community, request.user)[1]
    return render(
        request, "communities/rulebook.html", frame(request, community, "home", books=books, accepted=accepted)
    )


@require_http_methods(["GET", "POST"])
@login_required
def rulebook_edit(request: Request, slug: str) -> HttpResponseBase:
    """Write a new version of the rules."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    current = community.rulebooks.first()
    form = RulebookForm(request.POST or None, initial={"text": current.text if current else ""})
    if request.method == "POST" and form.is_valid():
        set_rulebook(community, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("The new rules apply now. Members are asked to accept them."))
        return redirect("communities:rulebook", slug=slug)
    return render(request, "communities/rulebook_edit.html", frame(request, community, "home", form=form))


@require_POST
@login_required
def consent(request: Request, slug: str) -> HttpResponseBase:
    """Accept the version of the rules that was shown."""
    community = community_or_404(request, slug)
    current = community.rulebooks.first()
    if current is None or str(current.pk) != request.POST.get("rulebook"):
        raise Refused(_("The rules have changed. Read them again."))
    accept_rulebook(current, by=request.user)
    messages.success(request, _("Accepted"))
    return redirect(community)
