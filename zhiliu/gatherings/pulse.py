"""The pulse of the room: one of three words, one tap, for the moment.

Only numbers are stored: how many chose a word in a minute. Who tapped is stored nowhere on the server; the phone itself
remembers its last word for five minutes (a signed cookie), so that changing one's mind moves the tap instead of adding
one. Whoever clears it can be counted twice; that is the price of not knowing who it was. Numbers older than ten minutes
are deleted, all of them when the gathering ends.
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
# A word fewer people chose is not shown: in a small room it would say who.
FEWEST = 3


@dataclass(frozen=True)
class Tap:
    """What a phone remembers of its last tap."""

    word: str
    minute: dt.datetime

    @property
    def counts_still(self) -> bool:
        """Whether it is among the numbers shown."""
        return self.minute > timezone.now() - WINDOW


def give_pulse(gathering: Gathering, word: str, *, by: Person, last: Tap | None = None) -> Tap:
    """Say how it is going just now; an earlier tap of the same phone moves here.

    Args:
        word: one of ``Pulse.Word``. by: asked for their right only; neither stored nor announced.
        last: what the phone remembers.

    Raises:
        Refused: no such word, or nobody is meeting now.
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
    """A word and how many chose it in the last five minutes; None below three."""

    word: str
    name: str
    count: int | None


def pulse_of(gathering: Gathering) -> list[PulseShown]:
    """What host, sharer and the wall see; one query. There is no total, from which a hidden number could be told."""
    since = timezone.now() - WINDOW
    rows = Pulse.objects.filter(gathering=gathering, minute__gt=since).values_list("word")
    counts = dict(rows.annotate(total=Sum("count")).order_by())
    return [PulseShown(word.value, str(word.label), _shown(counts.get(word.value, 0))) for word in Pulse.Word]


def _shown(count: int) -> int | None:
    return count if count >= FEWEST else None


def forget_pulse(gatherings: Iterable[Gathering] | None = None) -> int:
    """Delete the numbers of these gatherings, or everywhere those that are older than ten minutes.

    Returns:
        How many rows were deleted.
    """
    if gatherings is None:
        return int(Pulse.objects.filter(minute__lt=timezone.now() - KEPT).delete()[0])
    return int(Pulse.objects.filter(gathering__in=list(gatherings)).delete()[0])
