"""The admission rule of a community: compose, preview and save it, and list its admission changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.paging import page_of

from ..admission.building import Builder, address_of, packed, unpacked
from ..admission.conditions import AdmissionCriteria, read_criteria
from ..admission.ruling import RulePreview, misfits, preview, set_rule
from ..models import AdmissionRule, Community
from ..rules import can_admit, can_set_up
from ..tasks import evaluate_rule
from .common import community_or_404, frame

FIRST = 20
PARTS = {
    "fit": gettext_lazy("Who matches the rule"),
    "come": gettext_lazy("Would join"),
    "leave": gettext_lazy("Would leave"),
    "stay": gettext_lazy("Would stay because of a role"),
}


@require_http_methods(["GET", "POST"])
@login_required
def rule(request: Request, slug: str) -> HttpResponseBase:
    """Compose the rule and preview its effects; a POST saves it."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    if request.method == "POST":
        return _save(request, community)
    saved = AdmissionRule.objects.filter(community=community).first()
    builder = Builder(request.GET, _readable(saved))
    criteria = builder.wanted()
    context = frame(request, community, "members", builder=builder, saved=saved, **_tried(community, criteria))
    return render(request, "communities/admission/rule.html", context)


def _readable(saved: AdmissionRule | None) -> AdmissionCriteria | None:
    try:
        return read_criteria(saved.conditions) if saved else None
    except Refused:
        # Written by a later version of the product: start with an empty form.
        return None


def _save(request: Request, community: Community) -> HttpResponseBase:
    version = request.POST.get("version", "")
    criteria = unpacked(request.POST.get("rule", ""))
    set_rule(
        community, criteria, version=int(version) if version.isdecimal() and len(version) < 9 else 0, by=request.user
    )
    evaluate_rule.enqueue(community.pk)
    messages.success(request, _("Saved. Matching people join within a minute."))
    return redirect("communities:moves", slug=community.slug)


def _tried(community: Community, criteria: AdmissionCriteria | None) -> dict[str, Any]:
    if criteria is None:
        return {}
    rule_preview = preview(community, criteria)
    parts = [_part(key, getattr(rule_preview, key)) for key in PARTS]
    return {
        "sentence": criteria.sentence(),
        "parts": [part for part in parts if part["count"] or part["key"] != "stay"],
        "packed": packed(criteria),
        "address": address_of(criteria),
    }


def _part(key: str, people: QuerySet[Person]) -> dict[str, Any]:
    shown = people.select_related("department").order_by("name", "pk")[:FIRST]
    return {"key": key, "name": PARTS[key], "count": people.count(), "people": list(shown)}


@require_GET
@login_required
def rule_people(request: Request, slug: str) -> HttpResponseBase:
    """List everybody in one part (``part``) of a rule's effects, paginated."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    part, criteria = request.GET.get("part", ""), Builder(request.GET, None).wanted()
    if part not in PARTS or criteria is None:
        raise Http404(part)
    rule_preview: RulePreview = preview(community, criteria)
    people: QuerySet[Person] = getattr(rule_preview, part).select_related("department", "position", "location")
    context = frame(
        request,
        community,
        "members",
        name=PARTS[part],
        sentence=criteria.sentence(),
        address=address_of(criteria),
        page=page_of(people, request, by="name"),
    )
    return render(request, "communities/admission/rule_people.html", context)


@require_GET
@login_required
def moves(request: Request, slug: str) -> HttpResponseBase:
    """List who joined and left by the community's rule, latest first."""
    community = community_or_404(request, slug)
    require(can_admit, request.user, community)
    saved = AdmissionRule.objects.filter(community=community).first()
    criteria = _readable(saved)
    rows = community.admission_changes.select_related("person__department")
    context = frame(
        request,
        community,
        "members",
        sentence=criteria.sentence() if criteria else "",
        page=page_of(rows, request, by="-at"),
        misfits=misfits(community).select_related("person__department")[:FIRST],
        saved=saved,
    )
    return render(request, "communities/admission/moves.html", context)
