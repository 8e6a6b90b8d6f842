"""Comments as those who moderate see them, publish them and take them down."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.kit.errors import Refused
from zhiliu.kit.moderating import Exhibit, Line, Moderated, Utterance, offers_moderated
from zhiliu.kit.things import ThingCard, cards_for

from .commenting import place_of, publish, put_back, take_back
from .facts import Commented
from .models import Comment

AROUND = 2
MOST_AROUND = 200


@offers_moderated
class Comments(Moderated):
    """Comments on things of communities."""

    kind, said = "comment", Commented

    def release(self, payload: dict[str, Any], *, author: Person, client_id: str) -> int:
        """See the class."""
        card = cards_for([(payload["kind"], payload["thing"])], author).get((payload["kind"], payload["thing"]))
        if card is None:
            raise Refused(_("The place for this no longer exists."))
        return publish(card, payload["text"], author).pk

    def take_down(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        made = Comment.objects.get(pk=thing_id)
        take_back(made, _community_of(made), by=by)

    def put_back(self, thing_id: int, *, by: Person) -> None:
        """See the class."""
        made = Comment.objects.get(pk=thing_id)
        put_back(made, _community_of(made), by=by)

    def exhibits(self, keys: Iterable[int]) -> dict[int, Exhibit]:
        """The comments, what they are about, what stands around them."""
        rows = list(Comment.objects.filter(pk__in=list(keys)))
        cards = cards_for([(one.kind, one.thing_id) for one in rows])
        beside = _beside([(one.kind, one.thing_id) for one in rows])
        return {one.pk: _exhibit(one, cards.get((one.kind, one.thing_id)), beside) for one in rows}

    def held(self, payloads: Sequence[dict[str, Any]]) -> list[Exhibit]:
        """What they are about, and what was said last."""
        places = [(one["kind"], one["thing"]) for one in payloads]
        cards, beside = cards_for(places), _beside(places)
        found = []
        for one, place in zip(payloads, places, strict=True):
            card, before = cards.get(place), beside[place][-AROUND:]
            where, url, community = (card.title, card.url, card.community_id) if card else ("", "", None)
            found.append(
                Exhibit(one["text"], where, url=url, community_id=community, before=[_line(other) for other in before])
            )
        return found

    def said_elsewhere(self, person_id: int, place: str, *, since: dt.datetime, most: int) -> list[Utterance]:
        """The comments, and whose community their things are in."""
        rows = list(Comment.objects.filter(by=person_id, at__gt=since).order_by("-pk")[:most])
        cards = cards_for({(one.kind, one.thing_id) for one in rows})
        found = []
        for one in rows:
            card = cards.get((one.kind, one.thing_id))
            there = place_of(one.kind, one.thing_id)
            if there != place and card is not None and card.community_id is not None:
                found.append(Utterance(one.body, one.at, card.community_id, there))
        return found


def _community_of(made: Comment) -> int | None:
    card = cards_for([(made.kind, made.thing_id)]).get((made.kind, made.thing_id))
    return card.community_id if card else None


def _beside(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[Comment]]:
    """The comments on things, oldest first; one query."""
    wanted = Q(pk__in=[])
    for kind, thing_id in set(places):
        wanted |= Q(kind=kind, thing_id=thing_id)
    found: dict[tuple[str, int], list[Comment]] = defaultdict(list)
    rows = Comment.objects.filter(wanted, withdrawn_at=None).select_related("by").order_by("-pk")
    for row in rows[:MOST_AROUND]:
        found[row.kind, row.thing_id].insert(0, row)
    return found


def _exhibit(made: Comment, card: ThingCard | None, beside: dict[tuple[str, int], list[Comment]]) -> Exhibit:
    others = beside[made.kind, made.thing_id]
    before = [one for one in others if one.pk < made.pk][-AROUND:]
    after = [one for one in others if one.pk > made.pk][:AROUND]
    return Exhibit(
        text=made.body,
        where=card.title if card else "",
        author_id=made.by_id,
        url=f"{card.url}#comment-{made.pk}" if card else "",
        community_id=card.community_id if card else None,
        at=made.at,
        before=[_line(one) for one in before],
        after=[_line(one) for one in after],
        is_down=made.withdrawn_at is not None,
    )


def _line(one: Comment) -> Line:
    return Line(one.by.name if one.by else "", one.body[:200], one.at)
