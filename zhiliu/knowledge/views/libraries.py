"""The list of libraries, and one library."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhiliu.communities.views import frame
from zhiliu.directory.exporting import list_answer
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, key_of
from zhiliu.kit.web.paging import page_of

from .. import queries
from ..models import Article, Use
from ..rules import can_import, can_keep, can_write
from .common import library_or_404

# The filters' defaults.
UNFILTERED = {"show": "published", "template": "", "tag": "", "folder": 0}


@require_GET
@login_required
def home(request: Request) -> HttpResponseBase:
    """Show all visible libraries, what is new, what is used most, what is due."""
    context = {
        "shelves": queries.library_rows(request.user),
        "newest": queries.article_rows(queries.newest(request.user)),
        "most_used": queries.article_rows(queries.most_used(request.user)),
        "due": queries.due_for_review(request.user),
        "drafts": queries.my_drafts(request.user),
        "may_write": not request.user.is_guest,
    }
    return render(request, "knowledge/home.html", context)


@require_GET
@login_required
def library(request: Request, slug: str) -> HttpResponseBase:
    """Show one library: folders, tags, articles."""
    library = library_or_404(request, slug)
    chosen = _chosen(request)
    articles = queries.in_library(library, request.user, **chosen)
    pinned = queries.pinned_in(library, request.user) if chosen == UNFILTERED else []
    if pinned:
        articles = articles.exclude(pk__in=[article.pk for article in pinned])
    # Pages of a handbook keep the order of its contents; elsewhere the last changed comes first.
    has_order = bool(chosen["folder"]) and articles.filter(place__gt=0).exists()
    page = page_of(articles, request, by="place" if has_order else "-changed_at")
    folder = library.folders.filter(pk=chosen["folder"]).first() if chosen["folder"] else None
    context = {
        "library": library,
        "pinned": queries.article_rows(pinned) if not request.GET.get("after") else [],
        "rows": queries.article_rows(page.rows),
        "next_url": page.next_url,
        "tree": queries.folder_tree(library, request.user),
        "tags": queries.tags_of(library, request.user),
        "counts": queries.library_counts(library, request.user),
        "path": queries.folder_path(folder),
        "templates": Article.Template.choices,
        "may_write": can_write(request.user, library),
        "may_import": can_import(request.user, library),
        "may_keep": can_keep(request.user, library),
        **chosen,
    }
    if library.community is not None:
        return render(
            request, "knowledge/community_library.html", frame(request, library.community, "library", **context)
        )
    return render(request, "knowledge/library.html", context)


@require_GET
@login_required
def uses_file(request: Request, slug: str) -> HttpResponseBase:
    """Who used the articles of a library, as a file, for those who keep the library."""
    library = library_or_404(request, slug)
    require(can_keep, request.user, library)
    uses = Use.objects.filter(article__in=Article.objects.visible_to(request.user).filter(library=library).values("pk"))
    title = _("Uses of the articles in %(name)s") % {"name": str(library)}
    lines = queries.use_lines(uses)
    return list_answer(request, lines, title=title, file="uses", community_id=library.community_id)


def _chosen(request: Request) -> dict:
    """Return the filters of the query string; invalid values are ignored."""
    show, template, folder = (request.GET.get(name, "") for name in ("show", "template", "folder"))
    return {
        "show": show if show in queries.SHOWS else "published",
        "template": template if template in Article.Template.values else "",
        "tag": request.GET.get("tag", "")[:40],
        "folder": key_of(folder),
    }
