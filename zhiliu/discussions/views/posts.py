"""Posts: the list, writing, the page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.comments.queries import comments_on
from zhiliu.comments.voting import votes_on
from zhiliu.communities.models import Community
from zhiliu.communities.views import community_or_404, frame
from zhiliu.directory.exporting import list_answer
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request, fragment_or_back, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.kit.web.paging import chosen_order, in_order, kept_filters, page_of
from zhiliu.moderation.models import HeldPost
from zhiliu.notifications.delivery import mark_read_about

from .. import queries
from ..forms import PostEditForm, PostForm
from ..models import Post
from ..posting import edit_post, vote_for_post, withdraw_post, write_post
from ..rules import can_edit_post, can_moderate, can_post, can_withdraw_post
from .common import waits


def post_or_404(request: Request, pk: int) -> Post:
    """Return a post the person may see."""
    return get_object_or_404(Post.objects.visible_to(request.user).select_related("community", "by"), pk=pk)


@require_GET
@login_required
def posts(request: Request, slug: str) -> HttpResponseBase:
    """List posts of a community: searched, of one kind, and newest, oldest, most wanted or most discussed first."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    page = page_of(rows, request, by=queries.POST_ORDERS[filters["order"]].by)
    context = frame(
        request,
        community,
        "questions",
        rows=queries.post_rows(page.rows),
        next_url=page.next_url,
        **filters,
        orders=queries.POST_ORDERS,
        kept=kept_filters(request, "q", "order"),
        kinds=Post.Kind.choices,
        may_post=can_post(request.user, community),
    )
    return render(request, "discussions/posts.html", context)


def _found(request: Request, community: Community) -> tuple[QuerySet[Post], dict[str, str]]:
    """Return the posts that match the address, and what it says."""
    text, kind = (request.GET.get(name, "").strip()[:80] for name in ("q", "kind"))
    kind = kind if kind in Post.Kind.values else ""
    rows = queries.post_list(community, request.user, kind=kind, text=text)
    return rows, {"text": text, "kind": kind, "order": chosen_order(request, queries.POST_ORDERS)}


@require_GET
@login_required
def posts_file(request: Request, slug: str) -> HttpResponseBase:
    """The posts that match the address, as a file, for everybody who sees the list."""
    community = community_or_404(request, slug)
    rows, filters = _found(request, community)
    title = _("Posts of %(name)s") % {"name": community.name}
    lines = queries.post_lines(in_order(rows, queries.POST_ORDERS[filters["order"]].by))
    return list_answer(request, lines, title=title, file="posts", community_id=community.pk)


@require_http_methods(["GET", "POST"])
@login_required
@once
def post_new(request: Request, slug: str) -> HttpResponseBase:
    """Write a post."""
    community = community_or_404(request, slug)
    require(can_post, request.user, community)
    form = PostForm(request.POST or None, initial={"kind": Post.Kind.EXPERIENCE})
    if request.method == "POST" and form.is_valid():
        result = write_post(community, by=request.user, **form.cleaned_data)
        if isinstance(result, HeldPost):
            return waits(request, result, "discussions:posts", slug)
        return redirect(result)
    return render(request, "discussions/post_new.html", frame(request, community, "questions", form=form))


@require_GET
@login_required
def post(request: Request, pk: int) -> HttpResponseBase:
    """Show one post and its comments."""
    post = post_or_404(request, pk)
    mark_read_about(request.user, "post", pk)
    context = frame(
        request,
        post.community,
        "questions",
        post=post,
        votes=votes_on("post", [pk], request.user)[pk],
        comments=comments_on("post", pk),
        may_edit=can_edit_post(request.user, post),
        may_withdraw=can_withdraw_post(request.user, post),
        may_moderate=can_moderate(request.user, post),
        alike=queries.similar_questions(
            post.title, request.user, kinds=("post", "question", "article"), leave_out=("post", pk)
        ),
    )
    return render(request, "discussions/post.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def post_edit(request: Request, pk: int) -> HttpResponseBase:
    """Edit a post; a conflicting change is shown beside the form."""
    current = post_or_404(request, pk)
    require(can_edit_post, request.user, current)
    initial = {name: getattr(current, name) for name in ("kind", "title", "body", "version")}
    form = PostEditForm(request.POST or None, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        post = form.attempt(edit_post, current, by=request.user, **form.cleaned_data)
        if post is not None:
            return redirect(post)
        current.refresh_from_db()
        theirs = form.on_top_of(current)
    context = frame(request, current.community, "questions", post=current, form=form, theirs=theirs)
    return render(request, "discussions/post_edit.html", context)


@require_POST
@login_required
def post_withdrawal(request: Request, pk: int) -> HttpResponseBase:
    """Delete a post."""
    post = post_or_404(request, pk)
    withdraw_post(post, by=request.user)
    messages.success(request, _("Deleted. No one can see it any more."))
    return redirect("discussions:posts", slug=post.community.slug)


@require_POST
@login_required
def post_vote(request: Request, pk: int) -> HttpResponseBase:
    """Vote for a post (``on=1``) or withdraw the vote; returns the vote box."""
    post = post_or_404(request, pk)
    votes = vote_for_post(post, on=wished(request), by=request.user)
    return fragment_or_back(request, "discussions/_post_vote.html", {"post": post, "votes": votes}, post)
