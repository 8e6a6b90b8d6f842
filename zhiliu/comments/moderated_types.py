"""Moderation of comments: evidence, publication and removal."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.moderated_types import Evidence, EvidenceLine, ModeratedType, RecentPost, offers_moderated
from zhiliu.kit.contracts.object_types import ObjectCard, cards_for
from zhiliu.kit.errors import Refused

from .commenting import place_of, publish_comment, put_back_comment, take_back_comment
from .facts import Commented
from .models import Comment

AROUND = 2
MOST_AROUND = 200


@offers_moderated
class Comments(ModeratedType):
    """Comments on objects of communities."""

    kind, said = "comment", Commented

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class."""
        card = cards_for([(payload["kind"], payload["thing"])], author).get((payload["kind"], payload["thing"]))
        if card is None:
            raise Refused(_("The place for this no longer exists."))
        return publish_comment(card, payload["text"], author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        comment = Comment.objects.get(pk=thing_id)
        take_back_comment(comment, _community_of(comment), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        comment = Comment.objects.get(pk=thing_id)
        put_back_comment(comment, _community_of(comment), by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Evidence]:
        """Return comments with their objects and neighbouring comments."""
        rows = list(Comment.objects.filter(pk__in=list(keys)))
        cards = cards_for([(row.kind, row.thing_id) for row in rows])
        beside = _beside([(row.kind, row.thing_id) for row in rows])
        return {row.pk: _exhibit(row, cards.get((row.kind, row.thing_id)), beside) for row in rows}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Evidence]:
        """Return held comments with their objects and the latest comments there."""
        places = [(payload["kind"], payload["thing"]) for payload in payloads]
        cards, beside = cards_for(places), _beside(places)
        evidences = []
        for entry, place in zip(payloads, places, strict=True):
            card, before = cards.get(place), beside[place][-AROUND:]
            where, url, community = (card.title, card.url, card.community_id) if card else ("", "", None)
            evidences.append(
                Evidence(entry["text"], where, url=url, community_id=community, before=[_line(row) for row in before])
            )
        return evidences

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[RecentPost]:
        """Return recent comments on objects in communities."""
        rows = list(Comment.objects.filter(by=person_id, at__gt=since).order_by("-pk")[:most])
        cards = cards_for({(row.kind, row.thing_id) for row in rows})
        recent_posts = []
        for row in rows:
            card = cards.get((row.kind, row.thing_id))
            there = place_of(row.kind, row.thing_id)
            if there != place and card is not None and card.community_id is not None:
                recent_posts.append(RecentPost(row.body, row.at, card.community_id, there))
        return recent_posts


def _community_of(comment: Comment) -> int | None:
    card = cards_for([(comment.kind, comment.thing_id)]).get((comment.kind, comment.thing_id))
    return card.community_id if card else None


def _beside(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[Comment]]:
    """Return the comments on objects, oldest first; one query."""
    condition = Q(pk__in=[])
    for kind, thing_id in set(places):
        condition |= Q(kind=kind, thing_id=thing_id)
    comments: dict[tuple[str, int], list[Comment]] = defaultdict(list)
    rows = Comment.objects.filter(condition, withdrawn_at=None).select_related("by").order_by("-pk")
    for row in rows[:MOST_AROUND]:
        comments[row.kind, row.thing_id].insert(0, row)
    return comments


def _exhibit(made: Comment, card: ObjectCard | None, beside: dict[tuple[str, int], list[Comment]]) -> Evidence:
    others = beside[made.kind, made.thing_id]
    before = [row for row in others if row.pk < made.pk][-AROUND:]
    after = [row for row in others if row.pk > made.pk][:AROUND]
    return Evidence(
        text=made.body,
        where=card.title if card else "",
        author_id=made.by_id,
        url=f"{card.url}#comment-{made.pk}" if card else "",
        community_id=card.community_id if card else None,
        at=made.at,
        before=[_line(comment) for comment in before],
        after=[_line(comment) for comment in after],
        is_down=made.withdrawn_at is not None,
    )


def _line(comment: Comment) -> EvidenceLine:
    return EvidenceLine(comment.by.name if comment.by else "", comment.body[:200], comment.at)
