"""Check-in: with the code on the wall, or by the host."""

from __future__ import annotations

import hmac

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .conflicts import may_check_in_now
from .facts import CheckedIn
from .models import CheckIn, Gathering
from .rules import can_host, can_take_part


def check_in(gathering: Gathering, code: str, *, by: Person) -> CheckIn:
    """Check in with the code shown in the room. Idempotent.

    Raises:
        Refused: wrong code, or check-in is not open.
    """
    require(can_take_part, by, gathering)
    _require_time(gathering)
    typed = "".join(code.split())
    if not hmac.compare_digest(typed.encode(), gathering.code.encode()):
        raise Refused(_("That isn’t the code on the screen. Check again."), field="code")
    return _note(gathering, by, by=by)


def check_in_person(gathering: Gathering, person: Person, *, by: Person) -> CheckIn:
    """Check in an attendee, as the host. Idempotent. Allowed after the gathering is held, too.

    Raises:
        Refused: the person is out of reach, or check-in is not open yet.
    """
    require(can_host, by, gathering)
    if not can_see_person(by, person):
        raise Refused(_("This person can’t be found."), field="person")
    if gathering.state != Gathering.State.HELD:
        _require_time(gathering)
    return _note(gathering, person, by=by)


def _require_time(gathering: Gathering) -> None:
    if gathering.state not in (Gathering.State.FIXED, Gathering.State.HELD) or not may_check_in_now(gathering):
        raise Refused(_("Check-in is open from 30 minutes before the start until 3 hours after it."))


def _note(gathering: Gathering, person: Person, *, by: Person) -> CheckIn:
    with transaction.atomic():
        row, is_new = CheckIn.objects.get_or_create(gathering=gathering, person=person, defaults={"by": by})
        if is_new:
            announce(
                CheckedIn(
                    gathering_id=gathering.pk,
                    person_id=person.pk,
                    community_id=gathering.community_id,
                    by_id=by.pk,
                )
            )
    return row
