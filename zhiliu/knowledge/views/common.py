"""Lookups and contexts the views share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from zhiliu.communities.models import Community
from zhiliu.communities.role_permissions import Feature
from zhiliu.kit.web.http import Request

from ..drafting import library_of, organisation_library
from ..models import Article, Library
from ..queries import folder_path
from ..rules import can_edit, can_pin, can_publish, can_verify


def library_or_404(request: Request, slug: str) -> Library:
    """Return a library the person can see, created on first use."""
    library = Library.objects.visible_to(request.user).select_related("community").filter(slug=slug).first()
    if library is not None:
        return library
    if slug == "company" and not request.user.is_guest:
        return organisation_library()
    own = slug.removesuffix("-1") if slug in ("company-1", "new-1") else slug  # see Library.slug_for
    community = get_object_or_404(Community.objects.without_tree_fields().visible_to(request.user), slug=own)
    if not community.has(Feature.LIBRARY):
        raise Http404(slug)
    return library_of(community)


def article_or_404(request: Request, pk: int) -> Article:
    """Return an article the person may read."""
    rows = Article.objects.visible_to(request.user).select_related(
        "library__community", "owner", "verified_by", "folder"
    )
    return get_object_or_404(rows.prefetch_related("authors", "tags"), pk=pk)


def around(request: Request, article: Article, **context: Any) -> dict[str, Any]:
    """Return the context every page about an article shows: its place, and the person's permissions."""
    return {
        "article": article,
        "library": article.library,
        "community": article.library.community,
        "path": folder_path(article.folder),
        "may_edit": can_edit(request.user, article),
        "may_publish": can_publish(request.user, article),
        "may_pin": can_pin(request.user, article),
        "may_verify": can_verify(request.user, article),
        **context,
    }
