"""The list of communities, starting one, its home page and settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhiliu.directory.rules import is_employee
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from .. import queries
from ..admission.inviting import invitation_of
from ..admission.waiting import place_in_line
from ..announcing import starter_draft
from ..forms import SettingsForm, StartForm
from ..joining import why_closed
from ..models import Community
from ..reach import reach
from ..role_permissions import KINDS, Admission, Kind
from ..rules import can_admit, can_see, can_set_up
from ..starting import change_settings, start_community
from .common import community_or_404, frame, listed_or_404

SETTINGS = (
    *("name", "mark", "purpose", "visibility", "admission", "member_limit", "phase"),
    *("features", "sessions_a_month"),
)


@require_GET
@login_required
def communities(request: Request) -> HttpResponseBase:
    """List all communities the person may know of."""
    page = page_of(queries.community_list(request.user), request, by="name", size=50)
    return render(request, "communities/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
@login_required
@once
def start(request: Request) -> HttpResponseBase:
    """Start a community from the template of its kind."""
    require(is_employee, request.user)
    form = StartForm(request.POST or None, initial={"kind": Kind.PROFESSIONAL})
    if request.method == "POST" and form.is_valid():
        community = form.attempt(start_community, by=request.user, **form.cleaned_data)
        if community is not None:
            return redirect(community)
    kinds = [(kind, KINDS[kind]) for kind in Kind]
    return render(request, "communities/start.html", {"form": form, "kinds": kinds})


@require_GET
@login_required
def home(request: Request, slug: str) -> HttpResponseBase:
    """Show a community's home page; to outsiders, what it is and how to join."""
    community = listed_or_404(request, slug)
    if not can_see(request.user, community):
        return render(request, "communities/door.html", _door(request, community))
    rulebook, accepted = queries.rulebook_state(community, request.user)
    side = [section(community, request.user) for section in queries.side_sections]
    acts = [act(community, request.user) for act in queries.home_acts]
    context = frame(
        request,
        community,
        "home",
        starter=starter_draft(community, request.user),
        pinned=queries.pinned_announcement(community, request.user),
        rulebook=rulebook,
        accepted=accepted,
        keepers=queries.keepers(community),
        requests=queries.open_requests(community)[:5] if can_admit(request.user, community) else [],
        sections=queries.home_page(community, request.user),
        side_sections=[section for section in side if section],
        acts=[act for act in acts if act],
        **_for_outsiders(request, community),
        children=Community.objects.without_tree_fields().visible_to(request.user).filter(parent=community),
    )
    return render(request, "communities/home.html", context)


def _for_outsiders(request: Request, community: Community) -> dict[str, Any]:
    if reach(request.user).is_member(community):
        return {}
    invitation = invitation_of(community, request.user)
    closed = None if invitation else why_closed(community, request.user)
    return {"invitation": invitation, "closed": closed, "line": place_in_line(community, request.user)}


def _door(request: Request, community: Community) -> dict[str, Any]:
    waiting = community.join_requests.filter(person=request.user, decision="").first()
    closed = why_closed(community, request.user)
    return {
        "community": community,
        "keepers": queries.keepers(community),
        "waiting": waiting,
        "closed": closed,
        "invitation": invitation_of(community, request.user),
        "line": place_in_line(community, request.user),
    }


@require_http_methods(["GET", "POST"])
@login_required
def settings(request: Request, slug: str) -> HttpResponseBase:
    """Change the settings of a community."""
    community = community_or_404(request, slug)
    require(can_set_up, request.user, community)
    form = SettingsForm(request.POST or None, initial={name: getattr(community, name) for name in SETTINGS})
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(change_settings, community, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Saved"))
        unwritten = community.admission == Admission.RULE and not hasattr(community, "admission_rule")
        return redirect("communities:rule", slug=community.slug) if unwritten else redirect(community)
    return render(request, "communities/settings.html", frame(request, community, "home", form=form))
