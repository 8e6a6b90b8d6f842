"""The report form, as a page and as a dialog."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.web.http import Request, back, key_of

from ..forms import ReportForm
from ..reporting import report


@require_http_methods(["GET", "POST"])
@login_required
def report_thing(request: Request) -> HttpResponseBase:
    """Report the object ``kind`` ``id``; ``panel=1`` renders only the dialog."""
    query = request.POST if request.method == "POST" else request.GET
    card = card_or_404(query.get("kind", "")[:20], key_of(query.get("id")), request.user)
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"kind": card.kind, "id": card.key})
    if request.method == "POST" and form.is_valid():
        reason, words = form.cleaned_data["reason"], form.cleaned_data["words"]
        if form.succeeds(report, card.kind, card.key, reason=reason, words=words, by=request.user):
            return _thanks(request, card)
    if request.method == "POST" and _wants_json(request):
        return JsonResponse(
            {
                "error": " ".join(
                    str(validation_error) for errors in form.errors.values() for validation_error in errors
                )
            },
            status=422,
        )
    template = "moderation/_report_dialog.html" if request.GET.get("panel") else "moderation/report.html"
    return render(request, template, _context(request, card, form))


def _context(request: Request, card: ObjectCard, form: ReportForm) -> dict[str, Any]:
    return {
        "form": form,
        "card": card,
        "next": back(request, card.url),
        "is_private": card.kind == "message" and card.community_id is None,
        "is_homeless": card.community_id is None,
    }


def _thanks(request: Request, card: ObjectCard) -> HttpResponseBase:
    message = _("Thank you. We’ll notify you of the result.")
    if _wants_json(request):
        return JsonResponse({"said": message})
    messages.success(request, message)
    return redirect(back(request, card.url))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")
