"""Facts become rows of inboxes; follows the log, so that none is missed and none is told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from zhiliu.activity.following import Entry, followers
from zhiliu.directory.models import Person
from zhiliu.kit.db import Prepared
from zhiliu.kit.facts import announce
from zhiliu.kit.sending import NoticeKind, notice_kinds
from zhiliu.kit.things import kind_of

from .facts import InboxChanged
from .models import Delivery, InboxRow, Preference
from .quiet import quiet_until
from .showing import show
from .tasks import send_mail_for

OLD = dt.timedelta(days=2)
# Newest unread rows among which the one is looked for that a mail answers.
MOST_ANSWERED = 100


@followers.adds(key="notifications")
def tell(entries: Sequence[Entry]) -> None:
    """Write the inbox rows of a batch of facts, and one fact for all inboxes that changed."""
    touched: set[int] = set()
    for entry in entries:
        for kind in notice_kinds:
            if entry.fact is not None and isinstance(entry.fact, kind.fact):
                touched |= _tell_one(kind, entry)
    if touched:
        announce(InboxChanged(person_ids=tuple(sorted(touched))))


def _tell_one(kind: NoticeKind, entry: Entry) -> set[int]:
    fact = entry.fact
    assert fact is not None
    wanted = {key for key in kind.recipients(fact) if key} - {fact.by_id}
    people = Person.objects.active().filter(pk__in=wanted)
    if kind.by_the_way:
        return _tell_by_the_way(kind, entry, people)
    told = set()
    for person in people:
        row = _write(kind, entry, person)
        if row is not None:
            told.add(person.pk)
            if _is_fresh(entry) and mails_now(kind, person):
                _mail(row, entry.position)
    return told


def _is_fresh(entry: Entry) -> bool:
    return timezone.now() - entry.row.at < OLD


def _tell_by_the_way(kind: NoticeKind, entry: Entry, people: QuerySet[Person]) -> set[int]:
    """The rows of many followers in one go: they are new, because nobody is told by the way of what they know."""
    label, key = kind.thing(entry.fact) or ("", 0)
    news = _to_whom_it_is_news(label, key, people)
    values = {"notice": kind.key, "kind": label, "thing_id": key, **_values(kind, entry)} if news else {}
    rows = InboxRow.objects.bulk_create([InboxRow(person=person, **values) for person in news], batch_size=500)
    now = Preference.objects.filter(person__in=news, group=kind.group, mail=Preference.Mail.NOW)
    at_once = set(now.values_list("person_id", flat=True)) if news and _is_fresh(entry) else set()
    for row in rows:
        if row.person_id in at_once and mails_now(kind, row.person):
            _mail(row, entry.position)
    return {person.pk for person in news}


def _to_whom_it_is_news(label: str, key: int, people: QuerySet[Person]) -> list[Person]:
    """Those of ``people`` who may see the thing and were told nothing of it before."""
    rows = InboxRow.objects.filter(person__in=people.values("pk"), kind=label, thing_id=key)
    told = set(rows.values_list("person_id", flat=True))
    seen_by = kind_of(label).visible
    return [person for person in people if person.pk not in told and seen_by(person, [key])]


def _values(kind: NoticeKind, entry: Entry) -> dict[str, Any]:
    """What a row keeps of the fact that wrote it last."""
    fact = entry.fact
    return {
        "by_id": fact.by_id if fact else None,
        "at": entry.row.at,
        "details": kind.details(fact),
        "position": entry.position,
        "community_id": entry.row.community_id,
        "calls": kind.calls,
    }


def _write(kind: NoticeKind, entry: Entry, person: Person) -> InboxRow | None:
    """The row, new, counted up or brought back; None when this fact was told before."""
    thing = kind.thing(entry.fact) or ("", 0)
    values = _values(kind, entry)
    row, is_new = InboxRow.objects.select_for_update().get_or_create(
        person=person, notice=kind.key, kind=thing[0], thing_id=thing[1] or 0, defaults=values
    )
    if is_new:
        return row
    if row.position >= entry.position:
        return None
    row.count = row.count + 1 if row.read_at is None else 1
    row.read_at = None
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def mails_now(kind: NoticeKind, person: Person) -> bool:
    """Whether such a notice is mailed to the person at once: by their choice, else by the kind's own."""
    if not person.email:
        return False
    chosen = Preference.objects.filter(person=person, group=kind.group).values_list("mail", flat=True).first()
    return chosen == Preference.Mail.NOW if chosen else kind.mail


def _mail(row: InboxRow, position: int) -> None:
    delivery, is_new = Delivery.objects.get_or_create(
        row=row, position=position, defaults={"person_id": row.person_id, "message_id": f"zhiliu-{row.pk}-{position}"}
    )
    if is_new:
        # Asked of a person who rests, mail waits until they are back; what was read by then is not sent at all.
        send_mail_for.using(run_after=quiet_until(row.person)).enqueue(delivery.pk)


def mark_read(person: Person, rows: Iterable[InboxRow] | None = None) -> int:
    """Mark rows, or all, as read; other open pages of the person learn of it.

    Returns:
        How many were unread.
    """
    unread = InboxRow.objects.filter(person=person, read_at=None)
    if rows is not None:
        unread = unread.filter(pk__in=[row.pk for row in rows])
    with transaction.atomic():
        changed = unread.update(read_at=timezone.now())
        if changed:
            announce(InboxChanged(person_ids=(person.pk,), by_id=person.pk))
    return changed


def mark_read_about(person: Person, kind: str, thing_id: int) -> int:
    """Mark what a person was told about a thing as read: they are looking at it."""
    rows = InboxRow.objects.filter(person=person, kind=kind, thing_id=thing_id, read_at=None)
    if not rows.exists():
        return 0
    return mark_read(person, rows)


def mark_read_answered(person: Person, arrival: str, thing_id: int) -> int:
    """Mark as read what a person has answered by mail: the unread rows whose mail would have had the same address.

    Args:
        arrival: as ``NoticeKind.reply_to`` names it, with its ``thing_id``.
    """
    unread = InboxRow.objects.filter(person=person, read_at=None).order_by("-at")[:MOST_ANSWERED]
    rows = [one.row for one in show(unread, person) if one.reply_to == (arrival, thing_id)]
    return mark_read(person, rows) if rows else 0


def unread_of(request: HttpRequest) -> tuple[int, int]:
    """:func:`unread_count` of who asks, read once for a page that shows it in several places."""
    known: tuple[int, int] | None = getattr(request, "_unread", None)
    if known is None:
        known = unread_count(request.user)  # type: ignore[arg-type]
        request._unread = known  # type: ignore[attr-defined]
    return known


def unread_count(person: Person) -> tuple[int, int]:
    """How many unread rows a person has, and how many of them call them by name."""
    calls = [row[0] for row in _unread.rows(person.pk)]
    return len(calls), sum(calls)


# Asked at every page. Who has 200 unread rows has "many".
_unread = Prepared(
    lambda person: InboxRow.objects.filter(person=person, read_at=None).order_by().values_list("calls")[:200], 1
)
