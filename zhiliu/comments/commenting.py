"""People comment on things."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.communities.models import Community
from zhiliu.communities.rules import can_moderate, can_take_part, is_open_for_work
from zhiliu.directory.models import Person
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.kit.facts import announce
from zhiliu.kit.prose import render
from zhiliu.kit.rules import require
from zhiliu.kit.things import ThingCard, card_or_404

from .facts import Commented, CommentWithdrawn
from .models import Comment

EDIT_FOR = dt.timedelta(minutes=15)


def comment(kind: str, thing_id: int, *, body: str, by: Person) -> Comment:
    """Say something about a thing one can see.

    Raises:
        Http404: the thing is out of reach. Forbidden: its community is archived, or a guest is not a member.
    """
    card = card_or_404(kind, thing_id, by)
    _require_part(card, by)
    with transaction.atomic():
        made = Comment.objects.create(kind=kind, thing_id=thing_id, by=by, body=body, html=render(body).html)
        announce(
            Commented(comment_id=made.pk, kind=kind, thing_id=thing_id, community_id=card.community_id, by_id=by.pk)
        )
    return made


def _require_part(card: ThingCard, person: Person) -> None:
    if card.community_id:
        community = Community.objects.get(pk=card.community_id)
        require(can_take_part if person.is_guest else is_open_for_work, person, community)


def edit_comment(made: Comment, *, body: str, by: Person) -> None:
    """Mend one's own comment shortly after writing it.

    Raises:
        Forbidden: somebody else's. Refused: too late.
    """
    if made.by_id != by.pk:
        raise Forbidden(_("Only the author may change this."))
    if timezone.now() - made.at > EDIT_FOR:
        raise Refused(_("A comment can be changed for 15 minutes. Write a new one."))
    Comment.objects.filter(pk=made.pk).update(body=body, html=render(body).html, edited_at=timezone.now())


def withdraw_comment(made: Comment, *, by: Person) -> None:
    """Take a comment back: its author always, a moderator of the community too. Twice is harmless."""
    card = card_or_404(made.kind, made.thing_id, by)
    if made.by_id != by.pk:
        if card.community_id is None:
            raise Forbidden(_("Only the author may change this."))
        require(can_moderate, by, Community.objects.get(pk=card.community_id))
    with transaction.atomic():
        if Comment.objects.filter(pk=made.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            announce(CommentWithdrawn(comment_id=made.pk, community_id=card.community_id, by_id=by.pk))
