"""The pulse of the room: one of three words, one tap, for this moment.

Only counts per word and minute are stored. The server does not store who tapped; the phone remembers its last word for
five minutes in a signed cookie, so that a change of mind moves the tap instead of adding one. Someone who clears the
cookie can be counted twice; that is the price of anonymity. Counts older than ten minutes are deleted, and all of them
when the gathering ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import PulseGiven
from .models import Gathering, Pulse
from .rules import can_take_part

WINDOW = dt.timedelta(minutes=5)
KEPT = dt.timedelta(minutes=10)
# A smaller count is hidden: in a small room it would reveal who tapped.
FEWEST = 3


@dataclass(frozen=True)
class Tap:
    """The last tap, as the phone remembers it."""

    word: str
    minute: dt.datetime

    @property
    def counts_still(self) -> bool:
        """Whether it is among the counts shown."""
        return self.minute > timezone.now() - WINDOW


def give_pulse(gathering: Gathering, word: str, *, by: Person, last: Tap | None = None) -> Tap:
    """Tap a pulse word. A recent tap of the same phone moves.

    Args:
        word: one of ``Pulse.Word``. by: for the permission check only; neither stored nor announced.
        last: the tap the phone remembers.

    Raises:
        Refused: no such word, or the gathering does not run now.
    """
    require(can_take_part, by, gathering)
    if word not in Pulse.Word.values:
        raise Refused(_("Choose one of the words shown."))
    if not gathering.is_running:
        raise Refused(_("This only works during the gathering."))
    tap = Tap(word, timezone.now().replace(second=0, microsecond=0))
    with transaction.atomic():
        _forget_old(gathering)
        if last is not None and last.counts_still:
            pulses = Pulse.objects.filter(gathering=gathering, word=last.word, minute=last.minute, count__gt=0)
            pulses.update(count=F("count") - 1)
        Pulse.objects.get_or_create(gathering=gathering, word=word, minute=tap.minute)
        Pulse.objects.filter(gathering=gathering, word=word, minute=tap.minute).update(count=F("count") + 1)
        announce(PulseGiven(gathering_id=gathering.pk, community_id=gathering.community_id))
    return tap


def _forget_old(gathering: Gathering) -> None:
    Pulse.objects.filter(gathering=gathering, minute__lt=timezone.now() - KEPT).delete()


@dataclass(frozen=True)
class PulseShown:
    """A word and its count over the last five minutes; None below three."""

    word: str
    name: str
    count: int | None


def pulse_of(gathering: Gathering) -> list[PulseShown]:
    """Return the counts for host, sharer and wall; one query. No total, because it would reveal a hidden count."""
    since = timezone.now() - WINDOW
    rows = Pulse.objects.filter(gathering=gathering, minute__gt=since).values_list("word")
    counts = dict(rows.annotate(total=Sum("count")).order_by())
    return [PulseShown(word.value, str(word.label), _shown(counts.get(word.value, 0))) for word in Pulse.Word]


def _shown(count: int) -> int | None:
    return count if count >= FEWEST else None


def forget_pulse(gatherings: Iterable[Gathering] | None = None) -> int:
    """Delete the counts of these gatherings, or all counts older than ten minutes.

    Returns:
        How many rows were deleted.
    """
    if gatherings is None:
        return int(Pulse.objects.filter(minute__lt=timezone.now() - KEPT).delete()[0])
    return int(Pulse.objects.filter(gathering__in=list(gatherings)).delete()[0])
