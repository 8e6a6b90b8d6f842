"""People report objects to moderators."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.moderated_types import moderated
from zhiliu.kit.contracts.object_types import ObjectCard, card_or_404
from zhiliu.kit.errors import Refused

from .facts import ThingReported
from .models import Report


def report(kind: str, thing_id: int, *, reason: str, by: Person, words: str = "") -> Report:
    """Report a visible object. Idempotent.

    Reporting a direct message shows this one message, and nothing else, to the administrators.

    Raises:
        Http404: the object is out of reach. Refused: it is by ``by``.
    """
    card = card_or_404(kind, thing_id, by)
    author_id = author_of(card)
    if author_id == by.pk:
        raise Refused(_("This is yours. You can delete it yourself."))
    with transaction.atomic():
        # Race: the unique key handles two simultaneous clicks.
        row, is_new = Report.objects.get_or_create(
            kind=kind,
            thing_id=thing_id,
            by=by,
            defaults={
                "community_id": card.community_id,
                "author_id": author_id,
                "reason": reason,
                "words": words,
            },
        )
        if is_new:
            announce(ThingReported(report_id=row.pk, kind=kind, thing_id=thing_id, community_id=row.community_id))
    return row


def author_of(card: ObjectCard) -> int | None:
    """Return the author of an object; None if it has none."""
    kind = moderated.get(card.kind)
    if kind is None:
        return getattr(card.thing, "by_id", None) or getattr(card.thing, "owner_id", None)
    evidence = kind.exhibits([card.key]).get(card.key)
    return evidence.author_id if evidence else None
