"""Lightning talks: a running order of short talks, each with a speaker who is asked, and the stage view.

Every change of the order locks the gathering's row first. Two hosts who move talks at once end with one order without
gaps.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.directory.models import Person
from zhiliu.directory.reach import can_see_person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import RunningOrderChanged, SpeakerAnswered, SpeakerAsked, TalkEnded, TalkStarted
from .models import Gathering, LightningTalk
from .registration import give_seat
from .rules import can_answer_for_talk, can_change_talk, can_host
from .scheduling import change_entry

FEWEST, MOST = 3, 8
SHORTEST, LONGEST = 5, 10
_State = LightningTalk.State


def add_talk(gathering: Gathering, *, title: str, speaker: Person, minutes: int, by: Person) -> LightningTalk:
    """Append a talk to the running order and ask its speaker. The host's own talk is accepted at once.

    Idempotent while the speaker's first talk stands; after a no it asks again.

    Args:
        minutes: 5 to 10.

    Raises:
        Forbidden: not the host. Refused: another format, it is over, the order is full, no title, not 5 to 10 minutes,
        or the speaker is out of reach.
    """
    require(can_host, by, gathering)
    _require_sensible(title, minutes)
    if not can_see_person(by, speaker):
        raise Refused(_("This person can’t be found."), field="speaker")
    with transaction.atomic():
        _locked(gathering)
        lightning_talk = gathering.talks.filter(speaker=speaker).first()
        if lightning_talk is not None and lightning_talk.state != _State.DECLINED:
            return lightning_talk
        if gathering.talks.standing().count() >= MOST:
            raise Refused(_("The running order is full: 8 talks fill an hour."))
        talk = _ask(gathering, title, speaker, minutes, by)
    return talk


def _ask(gathering: Gathering, title: str, speaker: Person, minutes: int, by: Person) -> LightningTalk:
    own = speaker.pk == by.pk
    talk, _new = LightningTalk.objects.update_or_create(
        gathering=gathering,
        speaker=speaker,
        defaults={
            "title": title.strip(),
            "minutes": minutes,
            "place": gathering.talks.count() + 1,
            "state": _State.ACCEPTED if own else _State.WAITING,
            "by": by,
            "at": timezone.now(),
            "answered_at": timezone.now() if own else None,
        },
    )
    renumber(gathering)
    announce(SpeakerAsked(**_about(gathering, by), talk_id=talk.pk, person_id=speaker.pk))
    talk.refresh_from_db()
    return talk


def answer_for_talk(talk: LightningTalk, *, yes: bool, by: Person) -> LightningTalk:
    """Accept or decline one's own talk. A yes also gives a seat. Idempotent for the same answer.

    Raises:
        Forbidden: another speaker's talk. Refused: the gathering is over.
    """
    require(can_answer_for_talk, by, talk)
    gathering, state = talk.gathering, _State.ACCEPTED if yes else _State.DECLINED
    with transaction.atomic():
        _locked(gathering)
        # The filter settles the race of two clicks.
        rows = LightningTalk.objects.filter(pk=talk.pk).exclude(state=state)
        if rows.update(state=state, answered_at=timezone.now()):
            if yes and by.pk != gathering.host_id:
                give_seat(gathering, by, expected=True)
            announce(SpeakerAnswered(**_about(gathering, by), talk_id=talk.pk, yes=yes))
    talk.refresh_from_db()
    return talk


def change_talk(talk: LightningTalk, *, title: str, minutes: int, by: Person) -> LightningTalk:
    """Change title and minutes: speakers their own, the host any. Idempotent for the same values.

    Raises:
        Forbidden: neither speaker nor host. Refused: no title, not 5 to 10 minutes, or it is over.
    """
    require(can_change_talk, by, talk)
    _require_sensible(title, minutes)
    with transaction.atomic():
        _locked(talk.gathering)
        rows = LightningTalk.objects.filter(pk=talk.pk).exclude(title=title.strip(), minutes=minutes)
        if rows.update(title=title.strip(), minutes=minutes):
            _tell_order(talk.gathering, by)
    talk.refresh_from_db()
    return talk


def move_talk(talk: LightningTalk, place: int, *, by: Person) -> None:
    """Move a talk to a place of the running order, counted from 1. Idempotent."""
    gathering = talk.gathering
    require(can_host, by, gathering)
    with transaction.atomic():
        _locked(gathering)
        order = list(gathering.talks.standing())
        rest = [lightning_talk for lightning_talk in order if lightning_talk.pk != talk.pk]
        index = min(max(place, 1), len(order)) - 1
        moved = [
            *rest[:index],
            *(lightning_talk for lightning_talk in order if lightning_talk.pk == talk.pk),
            *rest[index:],
        ]
        if moved != order:
            _number(moved)
            _tell_order(gathering, by)


def remove_talk(talk: LightningTalk, *, by: Person) -> None:
    """Remove a talk from the running order. Idempotent.

    Raises:
        Refused: it is over, or the talk was given already.
    """
    gathering = talk.gathering
    require(can_host, by, gathering)
    with transaction.atomic():
        _locked(gathering)
        if LightningTalk.objects.filter(pk=talk.pk, started_at__isnull=False).exists():
            raise Refused(_("This talk has been given and stays."))
        if LightningTalk.objects.filter(pk=talk.pk).delete()[0]:
            renumber(gathering)
            _tell_order(gathering, by)


def start_talk(talk: LightningTalk, *, by: Person) -> None:
    """Start a talk for everybody in the room and end the running one. Idempotent.

    Raises:
        Forbidden: not the host. Refused: the gathering does not run now, or the speaker said no.
    """
    gathering = talk.gathering
    require(can_host, by, gathering)
    with transaction.atomic():
        # Row lock: if two hosts start different talks at once, the later one takes the stage.
        _require_running(_locked(gathering))
        fresh = gathering.talks.standing().filter(pk=talk.pk).first()
        if fresh is None:
            raise Refused(_("This speaker isn’t coming."))
        if fresh.started_at is None:
            now = timezone.now()
            gathering.talks.filter(started_at__isnull=False, ended_at=None).update(ended_at=now)
            gathering.talks.filter(pk=talk.pk).update(started_at=now)
            announce(TalkStarted(**_about(gathering, by), talk_id=talk.pk))


def end_talk(talk: LightningTalk, *, by: Person) -> None:
    """End the running talk without starting another. Idempotent."""
    gathering = talk.gathering
    require(can_host, by, gathering)
    with transaction.atomic():
        running = gathering.talks.filter(pk=talk.pk, started_at__isnull=False, ended_at=None)
        if running.update(ended_at=timezone.now()):
            announce(TalkEnded(**_about(gathering, by), talk_id=talk.pk))


def _require_sensible(title: str, minutes: int) -> None:
    if not title.strip():
        raise Refused(_("Briefly say what the talk is about."), field="title")
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(_("A lightning talk takes 5 to 10 minutes."), field="minutes")


def _locked(gathering: Gathering) -> Gathering:
    """Return the gathering with its row locked.

    Raises:
        Refused: another format, or it is over.
    """
    now = Gathering.objects.select_for_update().get(pk=gathering.pk)
    if not now.is_lightning:
        raise Refused(_("Only lightning talks have a running order of speakers."))
    if not now.is_ahead:
        raise Refused(_("This gathering is over."))
    return now


def _require_running(gathering: Gathering) -> None:
    if not gathering.is_running:
        raise Refused(_("Talks can be started during the gathering."))


def renumber(gathering: Gathering) -> None:
    """Renumber the standing talks without gaps. The caller holds the gathering's lock."""
    _number(list(gathering.talks.standing()))


def _number(talks: list[LightningTalk]) -> None:
    for place, talk in enumerate(talks, start=1):
        talk.place = place
    LightningTalk.objects.bulk_update(talks, ["place"])


def _tell_order(gathering: Gathering, by: Person) -> None:
    change_entry(gathering)
    announce(RunningOrderChanged(**_about(gathering, by)))


def _about(gathering: Gathering, by: Person) -> dict[str, Any]:
    return {"gathering_id": gathering.pk, "community_id": gathering.community_id, "by_id": by.pk}
