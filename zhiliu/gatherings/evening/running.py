"""Run an evening: the guest shares, then questions are answered. The host moves it on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiliu.conversations.models import Channel, Message
from zhiliu.conversations.rules import belongs
from zhiliu.conversations.speaking_turn import free_floor, give_floor
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.site import base_url

from ..asking import start_answering
from ..conflicts import may_check_in_now
from ..facts import EveningMoved
from ..models import Gathering, Question
from ..rules import can_host, can_prepare
from .models import Evening
from .saying import said_by_right, say

# An evening the host forgot to end releases its channel after this time.
KEPT_AFTER = dt.timedelta(hours=2)
_Phase = Evening.Phase


def begin_evening(evening: Evening, *, by: Person) -> None:
    """Start the guest's part: only guest and host can write in the channel. Idempotent.

    Raises:
        Forbidden: not the host. Refused: no guest, the guest is not a member, it is not time yet, it is over, or
            another evening runs in this channel.
    """
    gathering = evening.gathering
    require(can_host, by, gathering)
    guest = _guest_of(gathering, evening.channel)
    try:
        with transaction.atomic():
            now = _locked(evening)
            if now.phase != _Phase.BEFORE:
                return
            if gathering.state != Gathering.State.FIXED or not may_check_in_now(gathering):
                raise Refused(_("The guest’s part can start from half an hour before the gathering."))
            opening = say(now.channel, _opening(gathering, guest), name=f"evening-{now.pk}-guest", by=by)
            give_floor(now.channel, {guest, by, *_host_of(gathering)}, aside=opening, by=by)
            fields = {"phase": _Phase.GUEST, "aside": opening, "first_number": opening.number}
            Evening.objects.filter(pk=now.pk).update(**fields)
            _announce(gathering, by)
    except IntegrityError:
        # The constraint settles the race of two evenings that start in one channel.
        raise Refused(_("Another evening sharing runs in this channel.")) from None
    evening.refresh_from_db()


def _guest_of(gathering: Gathering, channel: Channel) -> Person:
    guest = gathering.sharer
    if guest is None:
        raise Refused(_("No speaker confirmed yet."))
    if not belongs(guest, channel):
        raise Refused(_("%(name)s is not a member of the community yet and can’t write there.") % {"name": guest.name})
    return guest


def _host_of(gathering: Gathering) -> set[Person]:
    return {gathering.host} if gathering.host else set()


def _opening(gathering: Gathering, guest: Person) -> str:
    start = _(
        "**%(title)s** starts now. Speaker: %(name)s. Until the questions, only %(name)s and the host can write here."
    )
    aside = _("Chat under this message, and add questions to the queue: %(url)s")
    url = f"{base_url()}{gathering.get_absolute_url()}"
    return f"{start % {'title': gathering.title, 'name': guest.name}}\n{aside % {'url': url}}"


def open_questions(evening: Evening, *, by: Person) -> None:
    """End the guest's part: everybody can write again, and questions come by votes. Idempotent.

    Raises:
        Forbidden: neither host nor guest. Refused: the guest's part has not begun, or it is over.
    """
    gathering = evening.gathering
    require(can_prepare, by, gathering)
    with transaction.atomic():
        now = _locked(evening)
        if now.phase == _Phase.QUESTIONS:
            return
        if now.phase != _Phase.GUEST:
            raise Refused(_("Questions come after the guest’s part."))
        free_floor(now.channel, by=by)
        name = gathering.sharer.name if gathering.sharer else ""
        text = _("Now your questions to %(name)s, top-voted first.") % {"name": name}
        message = say(now.channel, text, name=f"evening-{now.pk}-questions", by=by)
        Evening.objects.filter(pk=now.pk).update(phase=_Phase.QUESTIONS, questions_number=message.number)
        _announce(gathering, by)
    evening.refresh_from_db()


def put_question(question: Question, *, by: Person) -> Message | None:
    """Post a queued question in the channel for the guest to answer. Idempotent per question.

    Returns:
        The message; None if the evening is not in its question phase.
    """
    with transaction.atomic():
        evening = _locked(question.gathering.evening)
        start_answering(question, by=by)
        if evening.phase != _Phase.QUESTIONS:
            return None
        messages = Message.objects.filter(channel=evening.channel, client_id=_name_of(question))
        message = said_by_right(messages, can_prepare, question.gathering)
        return message or say(evening.channel, _asked(question), name=_name_of(question), by=by)


def _name_of(question: Question) -> str:
    return f"question-{question.pk}"[:40]


def _asked(question: Question) -> str:
    if question.by is None:
        return _("Someone asks: **%(text)s**") % {"text": question.text}
    return _("%(name)s asks: **%(text)s**") % {"name": question.by.name, "text": question.text}


def close(gathering: Gathering, *, by: Person | None) -> None:
    """End an evening with its gathering and reopen the channel to everybody. Idempotent."""
    evening = Evening.objects.filter(gathering=gathering).first()
    if evening is None:
        return
    with transaction.atomic():
        now = _locked(evening)
        if now.phase == _Phase.OVER:
            return
        if now.is_live:
            free_floor(now.channel, by=by)
        last = now.channel.last_number if now.first_number is not None else None
        Evening.objects.filter(pk=now.pk).update(phase=_Phase.OVER, last_number=last)
        _announce(gathering, by)


def free_forgotten(now: dt.datetime | None = None) -> int:
    """Close evenings nobody ended, so their channels are free again. The gathering still waits for its host.

    Returns:
        How many were closed.
    """
    before = (now or timezone.now()) - KEPT_AFTER
    rows = Evening.objects.filter(phase__in=[_Phase.GUEST, _Phase.QUESTIONS], gathering__ends_at__lte=before)
    evenings = list(rows.select_related("gathering")[:100])
    for evening in evenings:
        close(evening.gathering, by=None)
    return len(evenings)


def _locked(evening: Evening) -> Evening:
    """Return the evening with its row locked: of two clicks, the second sees what the first did."""
    rows: Any = Evening.objects.select_for_update(of=("self",)).select_related("channel__community")
    locked: Evening = rows.get(pk=evening.pk)
    return locked


def _announce(gathering: Gathering, by: Person | None) -> None:
    announce(EveningMoved(gathering_id=gathering.pk, community_id=gathering.community_id, by_id=by.pk if by else None))
