"""Nominate sharers: a colleague names someone, or a department sends someone. The named person decides.

Nobody is asked twice for the same topic or gathering, and only the nominator learns of a no.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Department, Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.needs.models import Topic
from zhiliu.needs.rules import can_see as can_see_topic

from .facts import DepartmentAnswered, DepartmentAsked, Nominated, NominationAnswered
from .inviting import become_sharer
from .models import DepartmentAsk, Gathering, Nomination, wants_sharer
from .proposing import offer
from .rules import can_answer_for_department, can_host, can_nominate, can_see

Wanted = Topic | Gathering
_State = Nomination.State


def nominate(thing: Wanted, person: Person, *, by: Person, why: str = "") -> Nomination:
    """Nominate a colleague to share. Someone nominated before is not asked again, whatever they answered.

    Args:
        thing: a topic, or a gathering without a sharer.
        why: shown to the nominee.

    Raises:
        Forbidden: not a member. Refused: oneself, out of reach, or no sharer is wanted any more.
    """
    require(can_nominate, by, thing)
    _require_wanted(thing)
    if person.pk == by.pk:
        raise Refused(_("You can offer to speak: press “I could speak”."), field="person")
    _require_in_reach(thing, person, by)
    with transaction.atomic():
        return _named(thing, person, by, why)[0]


def _named(thing: Wanted, person: Person, by: Person, why: str) -> tuple[Nomination, bool]:
    # The unique key settles the race of two nominations: the second finds the first one's row.
    nomination, is_new = Nomination.objects.get_or_create(person=person, **_for(thing), defaults={"by": by, "why": why})
    if is_new:
        announce(
            Nominated(nomination_id=nomination.pk, person_id=person.pk, community_id=thing.community_id, by_id=by.pk)
        )
    return nomination, is_new


def say_yes(nomination: Nomination, *, by: Person, word: str = "") -> Nomination:
    """Accept a nomination. For a topic this makes an offer; for a gathering the host decides. Idempotent.

    Raises:
        Forbidden: someone else was nominated. Refused: a sharer was found.
    """
    _require_mine(nomination, by)
    _require_wanted(nomination.wanted_for)
    with transaction.atomic():
        if _answer(nomination, _State.YES, word) and nomination.topic is not None:
            offer(nomination.topic, by=by, word=word)
    nomination.refresh_from_db()
    return nomination


def say_no(nomination: Nomination, *, by: Person, word: str = "") -> Nomination:
    """Decline a nomination; only the nominator is notified. Idempotent."""
    _require_mine(nomination, by)
    with transaction.atomic():
        _answer(nomination, _State.NO, word)
    nomination.refresh_from_db()
    return nomination


def take_nominee(nomination: Nomination, *, by: Person) -> Gathering:
    """Make a nominee who said yes the sharer, as the host. Idempotent.

    Raises:
        Forbidden: not the host. Refused: they have not said yes, or someone else shares.
    """
    gathering = nomination.gathering
    if gathering is not None:
        # Check permission first, so that only people who may act on it learn of a no.
        require(can_host, by, gathering)
    if gathering is None or nomination.state != _State.YES:
        raise Refused(_("They haven’t said yes."))
    if not gathering.is_ahead:
        raise Refused(_("This gathering is over."))
    with transaction.atomic():
        become_sharer(gathering, nomination.person, by=by)
    gathering.refresh_from_db()
    return gathering


def ask_department(thing: Wanted, department: Department, *, by: Person, note: str = "") -> DepartmentAsk:
    """Ask a department to send someone; its head is notified. Idempotent; after a no it asks again.

    Raises:
        Forbidden: not a member. Refused: it has no head, the person heads it, its head cannot see this, or no sharer is
        wanted any more.
    """
    require(can_nominate, by, thing)
    _require_wanted(thing)
    head = department.head
    if head is None or not head.is_active:
        raise Refused(_("This department has no head here. Nominate a colleague instead."), field="department")
    if head.pk == by.pk:
        raise Refused(_("You are its head: nominate a colleague."), field="department")
    _require_in_reach(thing, head, by, field="department")
    values = {"by": by, "note": note, "at": timezone.now()}
    with transaction.atomic():
        department_ask, is_new = DepartmentAsk.objects.get_or_create(
            department=department, **_for(thing), defaults=values
        )
        said_no = DepartmentAsk.objects.filter(pk=department_ask.pk, state=DepartmentAsk.State.DECLINED)
        again = said_no.update(state=DepartmentAsk.State.WAITING, word="", answered_by=None, answered_at=None, **values)
        if is_new or again:
            announce(DepartmentAsked(ask_id=department_ask.pk, community_id=thing.community_id, by_id=by.pk))
    department_ask.refresh_from_db()
    return department_ask


def name_for_department(ask: DepartmentAsk, person: Person, *, by: Person, why: str = "") -> DepartmentAsk:
    """Name someone as the head, who is then asked. Naming oneself counts as a yes. Idempotent.

    Raises:
        Forbidden: does not head the department. Refused: out of reach, asked before, or no sharer is wanted any more.
    """
    require(can_answer_for_department, by, ask)
    thing = ask.wanted_for
    _require_wanted(thing)
    _require_in_reach(thing, person, by)
    with transaction.atomic():
        if not _answered(ask, DepartmentAsk.State.NAMED, by):
            return ask
        named, is_new = _named(thing, person, by, why)
        if person.pk == by.pk:
            # The head may have declined a colleague's nomination before; now they name themselves.
            Nomination.objects.filter(pk=named.pk, state=_State.NO).update(state=_State.WAITING)
            say_yes(named, by=by, word=why)
        elif not is_new:
            raise Refused(_("They have already been asked. Nominate someone else."), field="person")
    ask.refresh_from_db()
    return ask


def decline_for_department(ask: DepartmentAsk, *, by: Person, word: str = "") -> DepartmentAsk:
    """Decline for the department, with a message. Idempotent."""
    require(can_answer_for_department, by, ask)
    with transaction.atomic():
        _answered(ask, DepartmentAsk.State.DECLINED, by, word=word)
    ask.refresh_from_db()
    return ask


def _for(thing: Wanted) -> dict[str, Wanted]:
    return {"topic": thing} if isinstance(thing, Topic) else {"gathering": thing}


def _require_wanted(thing: Wanted) -> None:
    if not wants_sharer(thing):
        raise Refused(_("A speaker has been found. Thanks anyway."))


def _require_in_reach(thing: Wanted, person: Person, by: Person, field: str = "person") -> None:
    sees = can_see_topic if isinstance(thing, Topic) else can_see
    if not can_see_person(by, person) or not sees(person, thing):
        raise Refused(_("They can’t see this. Choose someone who can."), field=field)


def _require_mine(nomination: Nomination, by: Person) -> None:
    if nomination.person_id != by.pk:
        raise Forbidden(_("Only the nominated person can answer."))


def _answer(nomination: Nomination, state: str, word: str) -> bool:
    """Return whether the answer is new. The filter settles the race of two clicks."""
    open_ = Nomination.objects.filter(pk=nomination.pk, state=_State.WAITING)
    if not open_.update(state=state, word=word, answered_at=timezone.now()):
        return False
    announce(
        NominationAnswered(
            nomination_id=nomination.pk,
            community_id=nomination.wanted_for.community_id,
            by_id=nomination.person_id,
        )
    )
    return True


def _answered(ask: DepartmentAsk, state: str, by: Person, word: str = "") -> bool:
    """Return whether the answer is new. The filter settles the race of two clicks."""
    open_ = DepartmentAsk.objects.filter(pk=ask.pk, state=DepartmentAsk.State.WAITING)
    if not open_.update(state=state, word=word, answered_by=by, answered_at=timezone.now()):
        return False
    announce(DepartmentAnswered(ask_id=ask.pk, community_id=ask.wanted_for.community_id, by_id=by.pk))
    return True
