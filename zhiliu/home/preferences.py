"""Lists of followed people, followed tags and followers, each visible only to its owner."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhiliu.directory.following import followed_by, followers_of
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.paging import page_of
from zhiliu.search.models import TagFollow


@require_GET
@login_required
def people(request: Request) -> HttpResponseBase:
    """List the people I follow, newest first."""
    return _page(request, "people", followed_by(request.user))


@require_GET
@login_required
def tags(request: Request) -> HttpResponseBase:
    """List the tags I follow, newest first."""
    return _page(request, "tags", TagFollow.objects.filter(by=request.user).select_related("tag"))


@require_GET
@login_required
def followers(request: Request) -> HttpResponseBase:
    """List my followers, newest first."""
    return _page(request, "followers", followers_of(request.user))


def _page(request: Request, show: str, rows: QuerySet[Any]) -> HttpResponseBase:
    return render(request, "home/following.html", {"show": show, "page": page_of(rows, request, by="-at")})
