"""Fix, move and cancel times. Conflicts (``conflicts``) are shown, but forbid nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import Fact, announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.needs.models import Topic
from zhiliu.needs.topics import set_state

from .evening.running import close as close_evening
from .facts import Cancelled, GatheringMoved, RemindersPlanned, TimeFixed
from .models import Gathering, Reminder
from .rules import can_host

LONGEST = dt.timedelta(hours=8)
BEFORE = {Reminder.Kind.TWO_DAYS: dt.timedelta(days=2), Reminder.Kind.ONE_HOUR: dt.timedelta(hours=1)}


def fix_time(
    gathering: Gathering,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Person,
    place: str | None = None,
    online_url: str | None = None,
) -> Gathering:
    """Fix or move the time of a gathering. Idempotent.

    Args:
        place, online_url: None keeps the stored value.

    Raises:
        Refused: it ends before it starts, has passed, is longer than eight hours, or the gathering is over.
    """
    require(can_host, by, gathering)
    # In UTC: Python compares datetimes of one zone by wall clock, which repeats when summer time ends.
    starts_at, ends_at = starts_at.astimezone(dt.UTC), ends_at.astimezone(dt.UTC)
    _require_sensible(gathering, starts_at, ends_at)
    with transaction.atomic():
        now = Gathering.objects.select_for_update().get(pk=gathering.pk)
        if not now.is_ahead:
            raise Refused(_("This gathering is over."))
        place = now.place if place is None else place
        online_url = now.online_url if online_url is None else online_url
        if (now.starts_at, now.ends_at, now.place, now.online_url) == (starts_at, ends_at, place, online_url):
            return gathering
        was_fixed = now.state == Gathering.State.FIXED
        Gathering.objects.filter(pk=now.pk).update(
            starts_at=starts_at,
            ends_at=ends_at,
            place=place,
            online_url=online_url,
            state=Gathering.State.FIXED,
            rescheduled_at=timezone.now(),
            sequence=F("sequence") + (1 if was_fixed else 0),
            version=F("version") + 1,
        )
        _plan_reminders(now, starts_at)
        announce(_fact(GatheringMoved if was_fixed else TimeFixed, now, by))
    gathering.refresh_from_db()
    return gathering


def change_entry(gathering: Gathering) -> None:
    """Bump the sequence of a fixed gathering's calendar entry. The caller announces the change."""
    rows = Gathering.objects.filter(pk=gathering.pk, state=Gathering.State.FIXED)
    rows.update(sequence=F("sequence") + 1, rescheduled_at=timezone.now())


def _require_sensible(gathering: Gathering, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(_("It must end after it starts."), field="minutes")
    if ends_at - starts_at > LONGEST:
        raise Refused(_("At most 8 hours. Split it into two gatherings."), field="minutes")
    unchanged = gathering.starts_at == starts_at
    if starts_at <= timezone.now() and not unchanged:
        raise Refused(_("This time has passed. Choose a future one."), field="day")


def _plan_reminders(gathering: Gathering, starts_at: dt.datetime) -> None:
    """Replace the reminders by the chosen ones of the new time; past ones are omitted."""
    Reminder.objects.filter(gathering=gathering).delete()
    Reminder.objects.bulk_create(
        Reminder(gathering=gathering, kind=kind, due_at=starts_at - before)
        for kind, before in BEFORE.items()
        if kind in gathering.reminder_kinds and starts_at - before > timezone.now()
    )


def choose_reminders(gathering: Gathering, kinds: Collection[str], *, by: Person) -> None:
    """Choose which reminders attendees get; those already sent stay sent. Idempotent.

    Raises:
        Refused: it is over.
    """
    require(can_host, by, gathering)
    with transaction.atomic():
        now = Gathering.objects.select_for_update().get(pk=gathering.pk)
        if not now.is_ahead or now.has_begun:
            raise Refused(_("This gathering is over."))
        chosen = [str(kind) for kind in BEFORE if kind in kinds]
        if chosen == now.reminder_kinds:
            return
        Gathering.objects.filter(pk=now.pk).update(reminder_kinds=chosen)
        now.reminder_kinds = gathering.reminder_kinds = chosen
        if now.starts_at is not None:
            _plan_reminders(now, now.starts_at)
        announce(_fact(RemindersPlanned, now, by))


def cancel(gathering: Gathering, *, reason: str, by: Person) -> Gathering:
    """Cancel a gathering; everybody who signed up is told why. Idempotent.

    Raises:
        Refused: without a reason, or it was held.
    """
    require(can_host, by, gathering)
    if not reason.strip():
        raise Refused(_("Briefly tell those who signed up why."), field="reason")
    with transaction.atomic():
        ahead = Gathering.objects.filter(pk=gathering.pk, state__in=[Gathering.State.PLANNING, Gathering.State.FIXED])
        changed = ahead.update(
            state=Gathering.State.CANCELLED,
            cancel_reason=reason.strip(),
            sequence=F("sequence") + 1,
            rescheduled_at=timezone.now(),
            version=F("version") + 1,
        )
        if changed:
            Reminder.objects.filter(gathering=gathering, announced_at=None).delete()
            _free_topic(gathering, by)
            close_evening(gathering, by=by)
            announce(_fact(Cancelled, gathering, by))
    gathering.refresh_from_db()
    if gathering.state != Gathering.State.CANCELLED:
        raise Refused(_("It has taken place and can’t be cancelled."))
    return gathering


def _free_topic(gathering: Gathering, by: Person) -> None:
    """Reopen the topic, unless another gathering is about it."""
    topic = gathering.topic
    if topic is None or topic.state != Topic.State.PLANNED:
        return
    if not topic.gatherings.exclude(pk=gathering.pk).exclude(state=Gathering.State.CANCELLED).exists():
        set_state(topic, Topic.State.OPEN, by_id=by.pk)


def _fact(kind: type[Fact], gathering: Gathering, by: Person) -> Fact:
    return kind(gathering_id=gathering.pk, community_id=gathering.community_id, by_id=by.pk)  # type: ignore[call-arg]
