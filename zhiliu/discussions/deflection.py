"""Deflection: someone who was about to ask found the answer first."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from zhiliu.communities.models import Community
from zhiliu.communities.rules import can_see
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.contracts.rules import require

from .facts import AnswerFound
from .models import Finding


def note_found(community: Community, thing: tuple[str, int], *, words: str, by: Person) -> ObjectCard:
    """Record that an object answered the question someone was about to ask. Counted once a day.

    Args:
        thing: (kind, id). words: of the question that was not asked.

    Returns:
        The card of the object, to continue to it.

    Raises:
        Http404: the object is out of reach. Forbidden: the community is.
    """
    require(can_see, by, community)
    card = card_or_404(*thing, by)
    with transaction.atomic():
        # The unique key settles the race of two clicks.
        _row, is_new = Finding.objects.get_or_create(
            by=by,
            kind=thing[0],
            thing_id=thing[1],
            on=timezone.localdate(),
            defaults={"community": community, "words": words[:120]},
        )
        if is_new:
            announce(AnswerFound(kind=thing[0], thing_id=thing[1], community_id=community.pk, by_id=by.pk))
    return card
