"""Announcements and their read receipts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.directory.exporting import list_answer
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import chosen_order, in_order, kept_filters, page_of
from zhiliu.kit.web.qr_code import qr_code
from zhiliu.kit.web.site import base_url

from .. import queries
from ..announcing import (
    announce_to,
    discard_starter,
    mark_announcement_read,
    publish_starter,
    remind_unread,
    starter_draft,
)
from ..forms import AnnouncementForm
from ..models import Announcement, Community
from ..reach import reach
from ..rules import can_edit_home, can_export
from .common import community_or_404, frame


@require_GET
@login_required
def announcements(request: Request, slug: str) -> HttpResponseBase:
    """List announcements of a community: searched, all or unread ones, newest or oldest first."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    context = frame(
        request,
        community,
        "home",
        page=page_of(rows, request, by=queries.ANNOUNCEMENT_ORDERS[filters["order"]].by),
        **filters,
        orders=queries.ANNOUNCEMENT_ORDERS,
        kept=kept_filters(request, "q", "order"),
    )
    return render(request, "communities/announcements.html", context)


def _found(request: Request, community: Community) -> tuple[QuerySet[Announcement], dict[str, str]]:
    """Return the announcements that match the address, and what it says."""
    text, show = (request.GET.get(name, "").strip()[:80] for name in ("q", "show"))
    # Who is no member leaves no receipts.
    show = "unread" if show == "unread" and reach(request.user).is_member(community) else "all"
    rows = queries.announcement_list(community, request.user, show=show, text=text)
    return rows, {"text": text, "show": show, "order": chosen_order(request, queries.ANNOUNCEMENT_ORDERS)}


@require_GET
@login_required
def announcements_file(request: Request, slug: str) -> HttpResponseBase:
    """The announcements that match the address, as a file, for everybody who sees the list."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    title = _("Announcements of %(name)s") % {"name": community.name}
    ordered = in_order(rows, queries.ANNOUNCEMENT_ORDERS[filters["order"]].by)
    # As on the page of an announcement: who is outside does not learn how many read it.
    inside = reach(request.user).is_member(community)
    counts = inside or bool(can_edit_home(request.user, community)) or bool(can_export(request.user, community))
    lines = queries.announcement_lines(ordered, counts_reads=counts)
    return list_answer(request, lines, title=title, file="announcements", community_id=community.pk)


@require_GET
@login_required
def announcement(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Show one announcement. For members, opening it is the receipt."""
    community = community_or_404(request, slug)
    announcement = get_object_or_404(community.announcements.select_related("by"), pk=pk)
    if reach(request.user).is_member(community):
        mark_announcement_read(announcement, by=request.user)
    unread = queries.unread_members(announcement)
    context = frame(
        request, community, "home", announcement=announcement, unread=unread[:60], unread_count=unread.count()
    )
    return render(request, "communities/announcement.html", context)


@require_GET
@login_required
def share(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Text, link and QR code to paste into a group chat elsewhere."""
    community = community_or_404(request, slug)
    announcement = get_object_or_404(community.announcements, pk=pk)
    link = base_url(request) + reverse("announcements:short", args=[pk])
    text = "\n".join([announcement.title, community.name, link])
    context = frame(request, community, "home", announcement=announcement, text=text, short=link, code=qr_code(link))
    return render(request, "communities/announcement_share.html", context)


@require_GET
@login_required
def short(request: Request, pk: int) -> HttpResponseBase:
    """Redirect from the short link to the page."""
    announcement = get_object_or_404(Announcement.objects.select_related("community"), pk=pk)
    community_or_404(request, announcement.community.slug)
    return redirect(announcement)


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
    return render(request, "communities/announcement_new.html", frame(request, community, "home", form=form))


@require_http_methods(["GET", "POST"])
@login_required
@once
def starter(request: Request, slug: str) -> HttpResponseBase:
    """Edit the draft the template offers, and publish it; or discard it (``discard=1``)."""
    community = community_or_404(request, slug)
    require(can_edit_home, request.user, community)
    if request.POST.get("discard") == "1":
        discard_starter(community, by=request.user)
        messages.success(request, _("Draft discarded."))
        return redirect(community)
    draft = starter_draft(community, request.user)
    initial = {"title": draft.title, "body": draft.body} if draft else {}
    form = AnnouncementForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        announcement = form.attempt(publish_starter, community, by=request.user, **form.cleaned_data)
        if announcement is not None:
            return redirect(announcement)
    if draft is None and request.method == "GET":
        return redirect("communities:announcement_new", slug=slug)
    context = frame(request, community, "home", form=form, is_starter=True)
    return render(request, "communities/announcement_new.html", context)


@require_GET
@login_required
def receipts_file(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Who has read an announcement and who has not, as a file, for those who export lists of members."""
    community = community_or_404(request, slug)
    announcement = get_object_or_404(community.announcements.select_related("community"), pk=pk)
    require(can_export, request.user, community)
    title = _("Who has read “%(title)s”") % {"title": announcement.title}
    lines = queries.receipt_lines(announcement)
    return list_answer(request, lines, title=title, file=f"receipts-{pk}", community_id=community.pk)


@require_POST
@login_required
def reminder(request: Request, slug: str, pk: int) -> HttpResponseBase:
    """Remind members who have not read an announcement."""
    community = community_or_404(request, slug)
    remind_unread(get_object_or_404(community.announcements.select_related("community"), pk=pk), by=request.user)
    messages.success(request, _("Reminder sent."))
    return redirect(back(request, community.get_absolute_url()))
