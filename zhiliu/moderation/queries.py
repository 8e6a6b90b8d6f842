"""The questions pages ask about moderation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiliu.directory.models import Person

from .models import Hold


def sentence_of(hold: Hold) -> str:
    """What its author reads."""
    if hold.state == Hold.State.REFUSED:
        return _("This was not published.")
    return _("Waits for a moderator. You are told what comes of it.")


def own_waiting(person: Person, place: str) -> list[Hold]:
    """What somebody has said in a channel or on a page and what waits, oldest first."""
    rows = Hold.objects.waiting().filter(by_id=person.pk, payload__place=place)
    return list(rows.order_by("pk")[:20])
