"""Invitation links of a community, and invitations by name."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of
from zhiliu.kit.web.site import base_url

from ..admission.inviting import (
    decline_invitation,
    invitation_of,
    link_key,
    make_link,
    read_link,
    revoke_link,
    take_back_invitation,
    why_unusable,
)
from ..forms import LinkForm
from ..joining import join
from ..models import Community, InvitationLink, Rulebook, WaitingPlace
from ..rules import can_admit
from .common import community_or_404, frame, listed_or_404

LINKS = 30


def _admitted_by(request: Request, slug: str) -> Community:
    """Return a community into which the person may admit, or refuse with the rule's reason."""
    community = community_or_404(request, slug)
    require(can_admit, request.user, community)
    return community


@require_http_methods(["GET", "POST"])
@login_required
@once
def links(request: Request, slug: str) -> HttpResponseBase:
    """List the links and invitations of a community; a POST creates a link."""
    community = _admitted_by(request, slug)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation_link = make_link(community, by=request.user, **form.cleaned_data)
        messages.success(request, _("The link is ready. Copy and share it."))
        return redirect("communities:link", slug=slug, pk=invitation_link.pk)
    context = frame(
        request,
        community,
        "members",
        form=form,
        links=community.invitation_links.annotate(used=Count("uses")).select_related("by").order_by("-at")[:LINKS],
        page=page_of(community.invitations.select_related("person__department", "by"), request, by="-at"),
    )
    return render(request, "communities/admission/links.html", context)


@require_GET
@login_required
def sent(request: Request, slug: str) -> HttpResponseBase:
    """List the person's own invitations, even if they may no longer invite."""
    community = community_or_404(request, slug)
    rows = community.invitations.filter(by=request.user).select_related("person__department", "by")
    context = frame(request, community, "members", page=page_of(rows, request, by="-at"))
    return render(request, "communities/admission/sent.html", context)


@require_GET
@login_required
def link(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show a link to copy, and who used it."""
    community = _admitted_by(request, slug)
    link = get_object_or_404(community.invitation_links.select_related("by"), pk=pk)
    path = reverse("communities:link_door", args=[slug, link_key(link)])
    context = frame(
        request,
        community,
        "members",
        link=link,
        reason=why_unusable(link),
        address=base_url(request) + path,
        page=page_of(link.uses.select_related("person__department"), request, by="-at"),
    )
    return render(request, "communities/admission/link.html", context)


@require_POST
@login_required
def link_revocation(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Revoke a link."""
    community = _admitted_by(request, slug)
    revoke_link(get_object_or_404(InvitationLink.objects.filter(community=community), pk=pk), by=request.user)
    messages.success(request, _("Link revoked."))
    return redirect("communities:link", slug=slug, pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
def link_door(request: Request, slug: str, key: str) -> HttpResponseBase:
    """Join by a link: read and accept the rules."""
    community = listed_or_404(request, slug)
    invitation_link = read_link(community, key)
    if invitation_link is None:
        raise Http404(key)
    if request.method == "POST":
        shown = Rulebook.objects.filter(pk=key_of(request.POST.get("rulebook"))).first()
        result = join(community, by=request.user, accepts=shown, link=invitation_link)
        full = isinstance(result, WaitingPlace)
        messages.success(request, _("It is full. You are on the waiting list.") if full else _("You’re in."))
        return redirect(community)
    if community.memberships.filter(person=request.user).exists():
        return redirect(community)
    context = {"community": community, "rulebook": community.rulebooks.first(), "reason": why_unusable(invitation_link)}
    return render(request, "communities/admission/link_door.html", context)


@require_POST
@login_required
def invitation_removal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Withdraw an unanswered invitation."""
    community = community_or_404(request, slug)
    invitation = community.invitations.select_related("community").filter(pk=pk).first()
    if invitation is not None:
        take_back_invitation(invitation, by=request.user)
    messages.success(request, _("Withdrawn"))
    return redirect("communities:links" if can_admit(request.user, community) else "communities:sent", slug=slug)


@require_POST
@login_required
def invitation_answer(request: Request, slug: str) -> HttpResponseBase:
    """Decline an invitation. Joining accepts it."""
    community = listed_or_404(request, slug)
    invitation = invitation_of(community, request.user)
    if invitation is None:
        raise Refused(_("This invitation no longer works: it was withdrawn, or you are already a member."))
    decline_invitation(invitation, by=request.user)
    messages.success(request, _("Declined. You can still come later."))
    return redirect("communities:list")
