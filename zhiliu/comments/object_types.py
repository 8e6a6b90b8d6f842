"""The object type of comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.object_types import ObjectCard, ObjectType, cards_for, offers_object_type

from .models import Comment

SHOWN = 60


@offers_object_type
class CommentKind(ObjectType):
    """A comment on an object."""

    label = "comment"
    icon = "message-circle"
    name = pgettext_lazy("kind of thing", "Comment")

    def load(self, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Return cards of comments with their objects."""
        return self._cards(keys, None)

    def visible(self, person: Any, keys: Iterable[int]) -> set[int]:
        """Return comments on visible objects."""
        return set(self._cards(keys, person))

    def load_visible(self, person: Any, keys: Iterable[int]) -> dict[int, ObjectCard]:
        """Return cards of comments on visible objects."""
        return self._cards(keys, person)

    def _cards(self, keys: Iterable[int], person: Any) -> dict[int, ObjectCard]:
        rows = list(Comment.objects.filter(pk__in=list(keys), withdrawn_at=None).select_related("by"))
        about = cards_for({(row.kind, row.thing_id) for row in rows}, person)
        cards_by_id = {}
        for row in rows:
            card = about.get((row.kind, row.thing_id))
            if card is not None:
                cards_by_id[row.pk] = self.card(row, card)
        return cards_by_id

    def card(self, comment: Comment, about: ObjectCard) -> ObjectCard:
        """Return the card of a loaded comment."""
        text = " ".join(comment.body.split())
        title = text[:SHOWN] + ("…" if len(text) > SHOWN else "")
        url = f"{about.url}#comment-{comment.pk}"
        return ObjectCard("comment", comment.pk, title, url, about.title, about.community_id, comment.at, comment)
