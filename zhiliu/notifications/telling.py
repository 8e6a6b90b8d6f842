"""Facts become rows of inboxes; follows the log, so that none is missed and none is told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from zhiliu.activity.following import Entry, followers
from zhiliu.directory.models import Person
from zhiliu.kit.db import Prepared
from zhiliu.kit.facts import Fact, announce
from zhiliu.kit.sending import NoticeKind, notice_kinds
from zhiliu.kit.things import kind_of

from .facts import InboxChanged
from .models import Delivery, InboxRow, Preference
from .tasks import send_mail_for

OLD = dt.timedelta(days=2)


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
    people: Iterable[Person] = Person.objects.active().filter(pk__in=wanted)
    if kind.by_the_way:
        people = _to_whom_it_is_news(kind, fact, people)
    told = set()
    for person in people:
        row = _write(kind, entry, person)
        if row is not None:
            told.add(person.pk)
            if timezone.now() - entry.row.at < OLD and mails_now(kind, person):
                _mail(row, entry.position)
    return told


def _to_whom_it_is_news(kind: NoticeKind, fact: Fact, people: Iterable[Person]) -> list[Person]:
    """Those of ``people`` who may see the thing and were told nothing of it before."""
    label, key = kind.thing(fact) or ("", 0)
    told = set(InboxRow.objects.filter(kind=label, thing_id=key).values_list("person_id", flat=True))
    seen_by = kind_of(label).visible
    return [person for person in people if person.pk not in told and seen_by(person, [key])]


def _write(kind: NoticeKind, entry: Entry, person: Person) -> InboxRow | None:
    """The row, new, counted up or brought back; None when this fact was told before."""
    fact = entry.fact
    thing = kind.thing(fact) or ("", 0)
    values = {
        "by_id": fact.by_id if fact else None,
        "at": entry.row.at,
        "details": kind.details(fact),
        "position": entry.position,
        "community_id": entry.row.community_id,
        "calls": kind.calls,
    }
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
        send_mail_for.enqueue(delivery.pk)


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
