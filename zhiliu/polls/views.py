"""Pages of polls."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.views import community_or_404, frame
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of
from zhiliu.notifications.delivery import mark_read_about

from . import queries
from .forms import PollForm
from .models import Poll
from .rules import can_close, can_open, can_vote
from .voting import cast_ballot, close_poll, open_poll


@require_GET
@login_required
def polls(request: Request, slug: str) -> HttpResponseBase:
    """List polls of a community, newest first."""
    community = community_or_404(request, slug)
    page = page_of(
        Poll.objects.of_community().filter(community=community).select_related("by", "community"), request, by="-at"
    )
    context = frame(
        request,
        community,
        "polls",
        polls=queries.shown(page.rows, request.user),
        next_url=page.next_url,
        may_open=can_open(request.user, community),
    )
    return render(request, "polls/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def poll_new(request: Request, slug: str) -> HttpResponseBase:
    """Create a poll in the community."""
    community = community_or_404(request, slug)
    require(can_open, request.user, community)
    form = PollForm(request.POST or None, initial={"closes_on": timezone.localdate() + dt.timedelta(days=7)})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        poll = form.attempt(
            open_poll,
            community,
            question=cleaned["question"],
            options=cleaned["options"],
            closes_at=form.closes_at(),
            is_secret=cleaned["is_secret"],
            by=request.user,
        )
        if poll is not None:
            messages.success(request, _("Poll started."))
            return redirect(poll)
    return render(request, "polls/new.html", frame(request, community, "polls", form=form))


@require_GET
@login_required
def poll(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show one poll: vote, and see the counts."""
    community = community_or_404(request, slug)
    poll = poll_or_404(request, slug, pk)
    mark_read_about(request.user, "poll", pk)
    query = queries.with_people(queries.shown([poll], request.user)[0])
    context = frame(
        request,
        community,
        "polls",
        poll_row=query,
        poll=poll,
        why_not=can_vote.why_not(request.user, poll),
        may_close=poll.is_open and can_close(request.user, poll),
    )
    return render(request, "polls/poll.html", context)


@require_POST
@login_required
def ballot(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Vote or change the vote."""
    poll = poll_or_404(request, slug, pk)
    key = request.POST.get("option", "")
    option = poll.options.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if option is None:
        raise Refused(_("Choose one of the options shown."))
    cast_ballot(poll, option, by=request.user)
    messages.success(request, _("Vote recorded. You can change it until the poll closes."))
    return redirect(back(request, poll.get_absolute_url()))


@require_POST
@login_required
def closing(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Close a poll before its day."""
    poll = poll_or_404(request, slug, pk)
    close_poll(poll, by=request.user)
    messages.success(request, _("Closed. The result is final."))
    return redirect(poll)


def poll_or_404(request: Request, slug: str, pk: int) -> Poll:
    """Return a visible poll of this community; those of an object are shown on its page."""
    rows = Poll.objects.visible_to(request.user).of_community().select_related("by", "community")
    return get_object_or_404(rows, pk=pk, community__slug=slug)
