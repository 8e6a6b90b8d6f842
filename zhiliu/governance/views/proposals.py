"""Proposals of members."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.models import Community
from zhiliu.communities.views.common import community_or_404, frame
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from ..forms import FollowForm, ProposalForm
from ..models import Proposal, ProposalVote
from ..proposing import count_votes, follow_up, propose_to, vote_on, withdraw_proposal
from ..queries import my_vote, proposals_of
from ..rules import can_follow_up, can_propose, can_vote, can_withdraw

OPEN_FOR = dt.timedelta(days=7)


@require_GET
@login_required
def proposals(request: Request, slug: str) -> HttpResponseBase:
    """List the proposals of members."""
    community = community_or_404(request, slug)
    page = page_of(proposals_of(community, request.user), request, by="-at")
    context = frame(request, community, "proposals", page=page, may_propose=can_propose(request.user, community))
    return render(request, "governance/proposals.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def proposal_new(request: Request, slug: str) -> HttpResponseBase:
    """Make a proposal."""
    community = community_or_404(request, slug)
    require(can_propose, request.user, community)
    form = ProposalForm(request.POST or None, initial={"closes_on": timezone.localdate() + OPEN_FOR})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        proposal = form.attempt(
            propose_to,
            community,
            title=values["title"],
            body=values["body"],
            closes_at=form.closes_at(),
            quorum=values["quorum"],
            by=request.user,
        )
        if proposal is not None:
            return redirect(proposal)
    return render(request, "governance/proposal_new.html", frame(request, community, "proposals", form=form))


def _proposal(request: Request, slug: str, pk: int) -> tuple[Community, Proposal]:
    community = community_or_404(request, slug)
    proposal = get_object_or_404(
        Proposal.objects.select_related("by", "community", "follows_by"), community=community, pk=pk
    )
    return community, proposal


@require_GET
@login_required
def proposal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show a proposal: what, until when, and its result."""
    community, proposal = _proposal(request, slug, pk)
    if not proposal.result and not proposal.is_open:
        # The vote is over but the job has not run yet; count now, so that nobody sees an open vote that is closed.
        proposal = count_votes(proposal)
    context = frame(
        request,
        community,
        "proposals",
        proposal=proposal,
        choices=ProposalVote.Choice.choices,
        mine=my_vote(proposal, request.user),
        voted=proposal.votes.count(),
        may_vote=proposal.is_open and can_vote(request.user, proposal),
        may_withdraw=proposal.is_open and can_withdraw(request.user, proposal),
        follow_form=FollowForm(initial={"text": proposal.follows})
        if proposal.result and can_follow_up(request.user, proposal)
        else None,
    )
    return render(request, "governance/proposal.html", context)


@require_POST
@login_required
def vote(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Vote."""
    _community, proposal = _proposal(request, slug, pk)
    choice = request.POST.get("choice", "")
    if choice in ProposalVote.Choice.values:
        vote_on(proposal, choice, by=request.user)
        messages.success(request, _("Vote recorded. You can change it until voting ends."))
    return redirect(proposal)


@require_POST
@login_required
def withdrawal(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Withdraw a proposal."""
    _community, proposal = _proposal(request, slug, pk)
    withdraw_proposal(proposal, by=request.user)
    return redirect(proposal)


@require_POST
@login_required
def follows(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Say what follows from a decision."""
    _community, proposal = _proposal(request, slug, pk)
    form = FollowForm(request.POST)
    if form.is_valid():
        follow_up(proposal, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Saved"))
    return redirect(proposal)
