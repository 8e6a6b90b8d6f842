"""Commenting on objects."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.communities.rules import can_moderate, can_take_part, is_open_for_work
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.text.markdown import render
from zhiliu.moderation.models import HeldPost
from zhiliu.moderation.rules import may_write
from zhiliu.moderation.screening import ScreeningResult, flag, hold_for_review, screen

from .facts import Commented, CommentPutBack, CommentWithdrawn
from .models import Comment

MOST_CHARACTERS = 4000
EDIT_FOR = dt.timedelta(minutes=15)


def comment(kind: str, thing_id: int, *, body: str, by: Person) -> Comment | HeldPost:
    """Comment on a visible object; a comment that needs a review is held instead.

    Raises:
        Http404: the object is out of reach. Forbidden: its community is archived, a guest is not a member, or muted.
        Refused: too often.
    """
    card = card_or_404(kind, thing_id, by)
    community = require_part(card, by)
    look = screen(body, community, by=by, place=place_of(kind, thing_id)) if community else ScreeningResult()
    if look.holds and community:
        payload = {"text": body, "place": place_of(kind, thing_id), "kind": kind, "thing": thing_id}
        return hold_for_review(look, community, kind="comment", payload=payload, by=by)
    return publish_comment(card, body, by, look, community)


def place_of(kind: str, thing_id: int) -> str:
    """Return the key of a page where texts are compared."""
    return f"{kind}-{thing_id}"


def publish_comment(
    card: ObjectCard, body: str, by: Person, look: ScreeningResult | None = None, community: Community | None = None
) -> Comment:
    """Store a comment. The caller has checked permissions."""
    with transaction.atomic():
        row = Comment.objects.create(kind=card.kind, thing_id=card.key, by=by, body=body, html=render(body).html)
        announce(
            Commented(comment_id=row.pk, kind=card.kind, thing_id=card.key, community_id=card.community_id, by_id=by.pk)
        )
        if look is not None and community is not None:
            flag(look, community, kind="comment", thing_id=row.pk, by=by)
    return row


def require_part(card: ObjectCard, person: Person) -> Community | None:
    """Return the object's community, in which the person may write; None if it belongs to none.

    Raises:
        Forbidden: its community is archived, a guest is not a member, or muted.
    """
    if not card.community_id:
        return None
    community = Community.objects.get(pk=card.community_id)
    require(can_take_part if person.is_guest else is_open_for_work, person, community)
    require(may_write, person, community)
    return community


def edit_comment(comment: Comment, *, body: str, by: Person) -> None:
    """Edit a comment of ``by`` shortly after it was written.

    Raises:
        Forbidden: another author. Refused: deleted, or too late.
    """
    if comment.by_id != by.pk:
        raise Forbidden(_("Only the author can edit this."))
    if comment.withdrawn_at is not None:
        raise Refused(_("This comment was deleted."))
    if timezone.now() - comment.at > EDIT_FOR:
        raise Refused(_("Comments can be edited for 15 minutes. Write a new one."))
    card = card_or_404(comment.kind, comment.thing_id, by)
    community = require_part(card, by)
    look = ScreeningResult()
    if community is not None and body != comment.body:
        look = screen(body, community, by=by, place=place_of(comment.kind, comment.thing_id), is_edit=True)
    with transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(body=body, html=render(body).html, edited_at=timezone.now())
        if community is not None:
            # An edit of a published comment is flagged, not held.
            flag(look, community, kind="comment", thing_id=comment.pk, by=by)


def withdraw_comment(comment: Comment, *, by: Person) -> None:
    """Delete a comment: by its author, or by a moderator of the community. Idempotent."""
    card = card_or_404(comment.kind, comment.thing_id, by)
    if comment.by_id != by.pk:
        if card.community_id is None:
            raise Forbidden(_("Only the author can edit this."))
        require(can_moderate, by, Community.objects.get(pk=card.community_id))
    take_back_comment(comment, card.community_id, by=by)


def take_back_comment(comment: Comment, community_id: int | None, *, by: Person) -> None:
    """Like :func:`withdraw_comment`; the caller has checked permissions."""
    with transaction.atomic():
        rows = Comment.objects.filter(pk=comment.pk, withdrawn_at=None)
        if rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            announce(CommentWithdrawn(comment_id=comment.pk, community_id=community_id, by_id=by.pk))


def put_back_comment(comment: Comment, community_id: int | None, *, by: Person) -> None:
    """Restore a comment that was deleted by another person than its author. Idempotent."""
    with transaction.atomic():
        rows = Comment.objects.filter(pk=comment.pk, withdrawn_at__isnull=False).exclude(withdrawn_by=F("by"))
        if rows.update(withdrawn_at=None, withdrawn_by=None):
            announce(CommentPutBack(comment_id=comment.pk, community_id=community_id, by_id=by.pk))
