"""Announcements and their read receipts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import page_of

from .. import queries
from ..announcing import announce_to, mark_announcement_read, remind_unread
from ..forms import AnnouncementForm
from ..reach import reach
from ..rules import can_edit_home
from .common import community_or_404, frame


@require_GET
@login_required
def announcements(request: Request, slug: str) -> HttpResponseBase:
    """List all announcements of a community."""
    community = community_or_404(request, slug)
    page = page_of(community.announcements.select_related("by", "community"), request, by="-at")
    return render(request, "communities/announcements.html", frame(request, community, "", page=page))


@require_GET
@login_required
def announcement(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show one announcement. For members, opening it is the receipt."""
    community = community_or_404(request, slug)
    announcement = get_object_or_404(community.announcements.select_related("by"), pk=pk)
    if reach(request.user).is_member(community):
        mark_announcement_read(announcement, by=request.user)
    unread = queries.unread_members(announcement)
    context = frame(request, community, "", announcement=announcement, unread=unread[:60], unread_count=unread.count())
    return render(request, "communities/announcement.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@once
def announcement_new(request: Request, slug: str) -> HttpResponseBase:
    """Publish an announcement."""
    community = community_or_404(request, slug)
    require(can_edit_home, request.user, community)
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(announce_to(community, by=request.user, **form.cleaned_data))
    return render(request, "communities/announcement_new.html", frame(request, community, "", form=form))


@require_POST
@login_required
def reminder(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remind members who have not read an announcement."""
    community = community_or_404(request, slug)
    remind_unread(get_object_or_404(community.announcements.select_related("community"), pk=pk), by=request.user)
    messages.success(request, _("Reminder sent."))
    return redirect(back(request, community.get_absolute_url()))
