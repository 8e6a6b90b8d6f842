"""Messages that are written now and posted later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhiliu.directory.calendar import WorkCalendar
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import Reminded
from .models import Channel, Message, ScheduledMessage
from .posting import MOST_CHARACTERS, post
from .read_state import unread_from
from .rules import can_post, can_reply

LATEST = dt.timedelta(days=180)
MOST_WAITING = 100
MORNING, EVENING = dt.time(9), dt.time(18)


def schedule(
    channel: Channel,
    *,
    body: str,
    due_at: dt.datetime,
    client_id: str,
    by: Person,
    root: Message | None = None,
    mentioned_ids: Collection[int] = (),
) -> ScheduledMessage:
    """Schedule a message. Idempotent for the same ``client_id``.

    Permissions are checked again when it is posted: a person who has left the channel posts nothing.

    Args:
        due_at: within half a year.

    Raises:
        Forbidden: may not post here. Refused: empty, too long, invalid time, or too many are scheduled.
    """
    require(can_reply if root is not None else can_post, by, channel)
    known = ScheduledMessage.objects.filter(by=by, client_id=client_id).first()
    if known is not None:
        return known
    body = body.strip()
    if not 0 < len(body) <= MOST_CHARACTERS:
        raise Refused(_("Write something first, at most %(most)s characters.") % {"most": f"{MOST_CHARACTERS:,}"})
    if not timezone.now() < due_at <= timezone.now() + LATEST:
        raise Refused(_("Choose a time within the next half year."), field="due")
    if ScheduledMessage.objects.filter(by=by, posted_at=None, refused="").count() >= MOST_WAITING:
        raise Refused(_("You already have %(most)s scheduled messages.") % {"most": MOST_WAITING})
    scheduled_message, _new = ScheduledMessage.objects.get_or_create(
        by=by,
        client_id=client_id,
        defaults={"channel": channel, "root": root, "body": body, "chosen": list(mentioned_ids), "due_at": due_at},
    )
    return scheduled_message


def usual_times(now: dt.datetime | None = None) -> list[tuple[str, dt.datetime]]:
    """Return the suggested times: this evening, and the next working morning."""
    now = timezone.localtime(now)
    calendar = WorkCalendar(now.date(), now.date() + dt.timedelta(days=30))
    morning = _at(calendar.next_working_day(now.date() + dt.timedelta(days=1)), MORNING)
    evening = _at(now.date(), EVENING)
    times = [(_("Next working day at %(clock)s") % {"clock": f"{MORNING:%H:%M}"}, morning)]
    if evening > now + dt.timedelta(minutes=10):
        times.insert(0, (_("Today at %(clock)s") % {"clock": f"{EVENING:%H:%M}"}, evening))
    return times


def _at(day: dt.date, clock: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, clock))


def forget_scheduled(scheduled: ScheduledMessage, *, by: Person) -> None:
    """Delete a scheduled message; only its author knows of it. Idempotent."""
    ScheduledMessage.objects.filter(pk=scheduled.pk, by=by, posted_at=None).delete()


def post_due(now: dt.datetime | None = None) -> int:
    """Post every scheduled message that is due, once.

    Returns:
        How many were posted.
    """
    now = now or timezone.now()
    rows = ScheduledMessage.objects.filter(due_at__lte=now, posted_at=None, refused="")
    due = rows.select_related("by", "channel__community", "root")[:500]
    return sum(_post(scheduled_message, now) for scheduled_message in due)


def post_now(scheduled: ScheduledMessage, *, by: Person) -> bool:
    """Post one's own message before its time. Idempotent."""
    rows = ScheduledMessage.objects.filter(pk=scheduled.pk, by=by, posted_at=None)
    scheduled_message = rows.select_related("by", "channel__community", "root").first()
    return scheduled_message is not None and _post(scheduled_message, timezone.now())


def _remind(message: Message, person: Person) -> None:
    """Notify the person of a message to themselves, which would otherwise count as read."""
    unread_from(message.channel, message.number, by=person)
    announce(Reminded(channel_id=message.channel_id, message_id=message.pk, person_ids=(person.pk,)))


def _post(scheduled_message: ScheduledMessage, now: dt.datetime) -> bool:
    try:
        with transaction.atomic(), translation.override(scheduled_message.by.language or None):
            # The filter keeps two job processes from posting the same one. After a crash in between it is
            # posted again, and its client id deduplicates it.
            if not ScheduledMessage.objects.filter(pk=scheduled_message.pk, posted_at=None).update(
                posted_at=now, refused=""
            ):
                return False
            message = post(
                scheduled_message.channel,
                body=scheduled_message.body,
                by=scheduled_message.by,
                root=scheduled_message.root,
                client_id=scheduled_message.client_id,
                mentioned_ids=set(scheduled_message.chosen),
            )
            if isinstance(message, Message) and scheduled_message.channel.people_key == str(scheduled_message.by_id):
                _remind(message, scheduled_message.by)
    except Refused as refused:
        # The author left, the channel is closed, or someone has the floor: the list shows the reason.
        ScheduledMessage.objects.filter(pk=scheduled_message.pk).update(refused=str(refused)[:200])
        return False
    return True
