"""A tag: its articles, and following it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhiliu.kit.web.http import Request, back
from zhiliu.kit.web.paging import page_of
from zhiliu.search.following import follow_tag, follows_tag, unfollow_tag
from zhiliu.search.models import Tag

from .. import queries


def tag_or_404(request: Request, pk: int) -> Tag:
    """Return a tag the viewer has come across: it has an article they may read, or they follow it."""
    return get_object_or_404(queries.tags_within_reach(request.user), pk=pk)


@require_GET
@login_required
def tag(request: Request, pk: int) -> HttpResponseBase:
    """List the articles under a tag, newest first."""
    tag = tag_or_404(request, pk)
    page = page_of(queries.tagged(tag, request.user), request, by="-published_at")
    context = {
        "tag": tag,
        "rows": queries.article_rows(page.rows),
        "next_url": page.next_url,
        "follows": follows_tag(request.user, tag),
    }
    return render(request, "knowledge/tag.html", context)


@require_POST
@login_required
def follow(request: Request, pk: int) -> HttpResponseBase:
    """Follow (``on=1``) or unfollow (``on=0``) a tag; the toast offers undo."""
    tag = tag_or_404(request, pk)
    on = (request.POST.get("on") or request.GET.get("on")) != "0"
    undo = f"{reverse('knowledge:follow_tag', args=[pk])}?on={int(not on)}"
    if on:
        follow_tag(tag, by=request.user)
        sentence = _("You now follow “%(name)s”. Only you know.")
    else:
        unfollow_tag(tag, by=request.user)
        sentence = _("You no longer follow “%(name)s”.")
    messages.success(request, sentence % {"name": tag.name}, extra_tags=undo)
    return redirect(back(request, reverse("knowledge:tag", args=[pk])))
