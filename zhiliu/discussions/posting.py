"""Write, edit, delete and vote for posts."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.comments.models import Vote
from zhiliu.comments.voting import Votes, set_vote
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.text.markdown import render
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.screening import ScreeningResult, flag, hold_for_review, screen

from .asking import words_of
from .deletion import take_back_post
from .facts import PostChanged, Posted
from .models import Post
from .rules import can_edit_post, can_post, can_vote, can_withdraw_post


def write_post(community: Community, *, kind: str, title: str, body: str, by: Person) -> Post | HeldPost:
    """Write a post, or hold it for review if screening demands it.

    Args:
        kind: one of ``Post.Kind``. body: Markdown.

    Raises:
        Forbidden: not a member, muted, archived, or posts are switched off there. Refused: too often.
    """
    require(can_post, by, community)
    text, place = words_of(title, body), post_place(community.pk)
    look = screen(text, community, by=by, place=place)
    if look.holds:
        fields = {"kind": kind, "title": title, "body": body}
        payload = {"text": text, "place": place, "community": community.pk, **fields}
        return hold_for_review(look, community, kind="post", payload=payload, by=by)
    return publish_post(community, kind=kind, title=title, body=body, by=by, look=look)


def post_place(community_id: int) -> str:
    """Return the place key of a community's posts, by which screening compares texts."""
    return f"posts-{community_id}"


def publish_post(
    community: Community, *, kind: str, title: str, body: str, by: Person, look: ScreeningResult | None = None
) -> Post:
    """Publish a post. The caller has checked permissions and screened the text. See :func:`write_post`."""
    with transaction.atomic():
        post = Post.objects.create(
            community=community, kind=kind, title=title, body=body, html=render(body).html, by=by
        )
        announce(Posted(post_id=post.pk, community_id=community.pk, by_id=by.pk))
        if look is not None:
            flag(look, community, kind="post", thing_id=post.pk, by=by)
    return post


def edit_post(post: Post, *, title: str, body: str, kind: str, by: Person, version: int) -> Post:
    """Edit a post.

    Args:
        version: of the post the person was looking at.

    Raises:
        Refused: it was changed in the meantime.
    """
    require(can_edit_post, by, post)
    look = ScreeningResult()
    if (title, body) != (post.title, post.body):
        place = post_place(post.community_id)
        look = screen(words_of(title, body), post.community, by=by, place=place, is_edit=True)
    with transaction.atomic():
        values: dict[str, Any] = {"title": title, "body": body, "html": render(body).html, "kind": kind}
        changed = Post.objects.filter(pk=post.pk, version=version, withdrawn_at=None).update(
            **values, edited_at=timezone.now(), version=F("version") + 1
        )
        if not changed:
            raise Refused(_("Someone else changed this. Your text is still here: compare and send again."))
        announce(PostChanged(post_id=post.pk, community_id=post.community_id, by_id=by.pk))
        flag(look, post.community, kind="post", thing_id=post.pk, by=by)
    post.refresh_from_db()
    return post


def withdraw_post(post: Post, *, by: Person) -> None:
    """Delete a post. Idempotent."""
    require(can_withdraw_post, by, post)
    take_back_post(post, by=by)


def vote_for_post(post: Post, *, on: bool, by: Person) -> Votes:
    """Set whether the person votes for a post. Idempotent: the caller passes the wished state.

    Raises:
        Forbidden: the post is out of reach or its community archived.
    """
    require(can_vote, by, post)
    with transaction.atomic():
        votes = set_vote("post", post.pk, on=on, by=by, community_id=post.community_id)
        count = Vote.objects.filter(kind="post", thing_id=post.pk).count()
        Post.objects.filter(pk=post.pk).update(vote_count=count)
    return votes
