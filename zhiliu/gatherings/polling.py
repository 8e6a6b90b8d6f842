"""Polls in the room: the host asks, people answer on their phones, the host closes the poll."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.polls.models import Poll
from zhiliu.polls.owners import PollOwner, owners
from zhiliu.polls.voting import put_poll

from .models import Gathering
from .rules import can_prepare, can_see, can_take_part

KIND = "gathering"


def _asked(person: Person, gathering_id: int, rule: object) -> bool:
    gathering = Gathering.objects.select_related("community").filter(pk=gathering_id).first()
    return gathering is not None and bool(rule(person, gathering))  # type: ignore[operator]


owners.register(
    PollOwner(
        keep=lambda person, key: _asked(person, key, can_prepare),
        vote=lambda person, key: _asked(person, key, can_take_part),
        see=lambda person, key: _asked(person, key, can_see),
        seen=lambda person: Gathering.objects.visible_to(person).values("pk"),
    ),
    key=KIND,
)


def ask_the_room(gathering: Gathering, *, question: str, options: Sequence[str], by: Person) -> Poll:
    """Put a poll with 2 to 6 options to the room. An open one is closed.

    Raises:
        Forbidden: neither host nor sharer. Refused: nobody is meeting now, or too few or too many options.
    """
    require(can_prepare, by, gathering)
    if not gathering.is_running:
        raise Refused(_("This only works during the gathering."))
    with transaction.atomic():
        # Row lock: of two polls put at once, the later one closes the other.
        Gathering.objects.select_for_update().get(pk=gathering.pk)
        return put_poll(gathering.community, (KIND, gathering.pk), question=question.strip(), options=options, by=by)


def polls_of(gathering: Gathering) -> list[Poll]:
    """Return all polls of a gathering, oldest first."""
    return list(Poll.objects.about(KIND, gathering.pk).select_related("community").order_by("at", "pk"))


def poll_of_room(gathering: Gathering) -> Poll | None:
    """Return the latest poll, open or closed."""
    return Poll.objects.about(KIND, gathering.pk).select_related("community").order_by("-at", "-pk").first()
