"""Turns facts into inbox rows; follows the log, so that none is missed and none is written twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from zhiliu.activity.consumers import LogEntry, consume_batch, followers, stepwise
from zhiliu.directory.models import Person
from zhiliu.jobs.enqueuing import enqueue_all
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.notification_types import NotificationType, notice_kinds
from zhiliu.kit.contracts.object_types import kind_of
from zhiliu.kit.system.db import CompiledQuery, WritePause, insert_rows
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.memo import Memo

from .facts import InboxChanged
from .mail_choices import mailed_among
from .mailing import send_mail_for
from .models import Delivery, Notification
from .presentation import show
from .push.choices import devices_for
from .push.sending import enqueue_pushes
from .quiet import quiet_among

OLD = dt.timedelta(days=2)
# Number of recipients per transaction.
BATCH = 500
# How long a mail waits for a device to show the same; one that did is not mailed as well.
MAIL_WAITS = dt.timedelta(minutes=10)
# Number of newest unread rows to search for the one a mail answers.
MOST_ANSWERED = 100


@followers.register(key="notifications")
def tell(entries: Sequence[LogEntry]) -> None:
    """Write the inbox rows of a batch of facts, and a fact for the inboxes that changed."""
    breath = WritePause()
    for entry in entries:
        for kind in notice_kinds:
            if isinstance(entry.fact, kind.fact):
                _tell_all(_Notice.of(kind, entry), breath)


stepwise.add("notifications")


@dataclass(frozen=True)
class _Notice:
    """A notification of one fact: the same for all recipients.

    Args:
        label, thing_id: its object. values: what a row stores of its latest fact.
    """

    kind: NotificationType
    entry: LogEntry
    label: str
    thing_id: int
    values: dict[str, Any]

    @classmethod
    def of(cls, kind: NotificationType, entry: LogEntry) -> _Notice:
        fact = entry.fact
        label, thing_id = kind.thing(fact) or ("", 0)
        values = {
            "by_id": fact.by_id if fact else None,
            "at": entry.row.at,
            "details": kind.details(fact),
            "position": entry.position,
            "community_id": entry.row.community_id,
            "calls": kind.calls,
        }
        return cls(kind, entry, label, thing_id or 0, values)

    @property
    def is_fresh(self) -> bool:
        """Return True if it may still be mailed."""
        return timezone.now() - self.entry.row.at < OLD

    def new_row(self, person: Person) -> Notification:
        about = {"notice": self.kind.key, "kind": self.label, "thing_id": self.thing_id}
        return Notification(person=person, began=self.values["details"], **about, **self.values)


def _tell_all(notice: _Notice, breath: WritePause) -> None:
    """Notify all recipients in batches: others can write in between, and a crash costs one batch."""
    fact = notice.entry.fact
    assert fact is not None
    ids = sorted({key for key in notice.kind.recipients(fact) if key} - {fact.by_id})
    for start in range(0, len(ids), BATCH):
        _tell_batch(notice, ids[start : start + BATCH])
        breath.take()


def _tell_batch(notice: _Notice, ids: Sequence[int]) -> None:
    people = list(Person.objects.active().filter(pk__among=ids))
    if notice.kind.by_the_way:
        people = _to_whom_it_is_news(notice, people)
    if not people:
        return
    mailed = mailed_among(notice.kind, people) if notice.is_fresh else []
    devices = devices_for(notice.kind, people) if notice.is_fresh else []
    owners = {device.person_id for device in devices}
    rests = quiet_among([person for person in people if person in mailed or person.pk in owners])
    with consume_batch("notifications", notice.entry.position) as is_due:
        rows = _write(notice, people) if is_due else {}
        enqueue_pushes(devices, rows, notice.entry.position, rests)
        rows_mailed = [(rows[person.pk], person) for person in mailed if person.pk in rows]
        _mail(rows_mailed, notice, _mail_times(notice.kind, owners, rests))
        if rows:
            announce(InboxChanged(person_ids=tuple(sorted(rows))))


def _to_whom_it_is_news(notice: _Notice, people: Sequence[Person]) -> list[Person]:
    """Return those of ``people`` who may see the object and have no notification about it."""
    ids = [person.pk for person in people]
    rows = Notification.objects.filter(person__in=ids, kind=notice.label, thing_id=notice.thing_id)
    notified = set(rows.values_list("person_id", flat=True))
    seen_by = kind_of(notice.label).visible
    return [person for person in people if person.pk not in notified and seen_by(person, [notice.thing_id])]


def _write(notice: _Notice, people: Sequence[Person]) -> dict[int, int]:
    """Create rows, count them up, or make read ones unread again; skip people already notified of this fact.

    Returns:
        Their ids by person.
    """
    same = Notification.objects.filter(notice=notice.kind.key, kind=notice.label, thing_id=notice.thing_id)
    rows = same.filter(person__in=[person.pk for person in people])
    existing = {
        person_id: (pk, position) for person_id, pk, position in rows.values_list("person_id", "pk", "position")
    }
    new = Notification.objects.bulk_create([notice.new_row(person) for person in people if person.pk not in existing])
    again = {person_id: pk for person_id, (pk, position) in existing.items() if position < notice.entry.position}
    if again:
        _count_up(notice, list(again.values()))
    return again | {row.person_id: row.pk for row in new}


def _count_up(notice: _Notice, ids: Sequence[int]) -> None:
    rows = Notification.objects.filter(pk__among=ids, position__lt=notice.entry.position)
    rows.filter(read_at__isnull=False).update(count=1, read_at=None, began=notice.values["details"], **notice.values)
    # Read rows updated above have the position by now, so only unread ones are counted.
    rows.update(count=F("count") + 1, **notice.values)


def _mail_times(kind: NotificationType, owners: set[int], rests: dict[int, dt.datetime]) -> dict[int, dt.datetime]:
    """Return when mail goes to each person: after quiet hours, and after their devices had time to show it.

    A mail with a calendar entry brings what no device shows, so it does not wait.
    """
    if kind.has_calendar:
        return rests
    now = timezone.now()
    return rests | {owner: rests.get(owner, now) + MAIL_WAITS for owner in owners}


def _mail(rows: Sequence[tuple[int, Person]], notice: _Notice, times: dict[int, dt.datetime]) -> None:
    """Enqueue mails, for ``times`` by person if not for now; rows read by then are not sent."""
    if not rows:
        return
    position, now = notice.entry.position, timezone.now()
    new = [(person.pk, pk, position, f"zhiliu-{pk}-{position}", now, "") for pk, person in rows]
    insert_rows(Delivery, ("person_id", "notification_id", "position", "message_id", "at", "dropped"), new)
    deliveries_made = Delivery.objects.filter(notification__in=[pk for pk, _person in rows], position=position)
    deliveries = deliveries_made.values_list("pk", "person_id")
    enqueue_all(send_mail_for, [((pk,), times.get(person_id)) for pk, person_id in deliveries])


def mark_read(person: Person, rows: Iterable[Notification] | None = None) -> int:
    """Mark rows, or all, as read; the person's other open pages are updated.

    Returns:
        How many were unread.
    """
    unread = Notification.objects.filter(person=person, read_at=None)
    if rows is not None:
        unread = unread.filter(pk__in=[row.pk for row in rows])
    with transaction.atomic():
        changed = unread.update(read_at=timezone.now())
        if changed:
            announce(InboxChanged(person_ids=(person.pk,), by_id=person.pk))
    return changed


def mark_read_about(person: Person, kind: str, thing_id: int) -> int:
    """Mark a person's notifications about an object as read, because they are viewing it."""
    rows = Notification.objects.filter(person=person, kind=kind, thing_id=thing_id, read_at=None)
    if not rows.exists():
        return 0
    return mark_read(person, rows)


def forget_news(
    notice: str, people: Iterable[int], thing: tuple[str, int], detail: str, value: int, *, by_id: int | None
) -> None:
    """Retract an item that unread rows count: decrement a counter, or mark the row as read if it was the only one.

    Args:
        notice: key of the notification type. people: the recipients. thing: the object of the rows.
        detail, value: identifies the retracted item. Values grow, so a row covers all between its first and its last.
        by_id: the author, who was not notified.
    """
    kind, thing_id = thing
    recipients = sorted(set(people) - {by_id})
    unread = Notification.objects.filter(
        person__in=recipients, notice=notice, kind=kind, thing_id=thing_id, read_at=None
    )
    counted = Q(**{f"began__{detail}__lte": value, f"details__{detail}__gte": value})
    rows = unread.filter(counted | Q(**{f"details__{detail}": value}))
    keys = list(rows.values_list("pk", "person_id"))
    if not keys:
        return
    with transaction.atomic():
        rows = Notification.objects.filter(pk__in=[pk for pk, _person in keys], read_at=None)
        # Single rows first: decremented rows must not be taken for them.
        rows.filter(count=1).update(read_at=timezone.now())
        rows.filter(count__gt=1).update(count=F("count") - 1)
        announce(InboxChanged(person_ids=tuple(sorted({person_id for _pk, person_id in keys}))))


def mark_read_answered(person: Person, arrival: str, thing_id: int) -> int:
    """Mark as read what a person has answered by mail: unread rows whose mail has the same reply address.

    Args:
        arrival: the reply handler, as in ``NotificationType.reply_to``, with its ``thing_id``.
    """
    unread = Notification.objects.filter(person=person, read_at=None).order_by("-at")[:MOST_ANSWERED]
    rows = [item.row for item in show(unread, person) if item.reply_to == (arrival, thing_id)]
    return mark_read(person, rows) if rows else 0


_unread_of: Memo[Request, tuple[int, int]] = Memo("unread")


def unread_of(request: Request) -> tuple[int, int]:
    """Return :func:`unread_count` of the request's person, cached per request."""
    return _unread_of.get(request, lambda: unread_count(request.user))


def unread_count(person: Person) -> tuple[int, int]:
    """Return a person's number of unread rows, and how many of them address the person directly."""
    calls = [row[0] for row in _unread.rows(person.pk)]
    return len(calls), sum(calls)


# Needed by every page. Counting stops at 200 rows.
_unread = CompiledQuery(
    lambda person: Notification.objects.filter(person=person, read_at=None).order_by().values_list("calls")[:200], 1
)
