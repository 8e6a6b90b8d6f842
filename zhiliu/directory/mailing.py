"""Mails links for a first sign-in, and tracks their delivery.

Nobody gets two. A row is claimed (:func:`take_up`) before its mail is sent, and only while no other mailed link of the
person still works. If a process dies between the two, nobody knows whether the mail was sent: it is not retried
automatically but shown, and an administrator decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.contracts.audit import Change
from zhiliu.kit.contracts.facts import announce
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused

from .facts import LoginLinksMailed
from .link_handover import without_password
from .login_links import Purpose, make_login_link
from .models import LinkMail, LinkMailing, LoginLink, Person
from .rules import can_mail_link, is_admin

State = LinkMail.State
# After this time no connection to a mail server can still be open.
SETTLED = dt.timedelta(minutes=3)
TRIES = 5


def mailable(people: QuerySet[Person]) -> QuerySet[Person]:
    """Return those who have an address and no mailed link that is queued or still works."""
    return people.exclude(email=None).exclude(email="").exclude(pk__in=_on_their_way().values("person"))


def _on_their_way() -> QuerySet[LinkMail]:
    works = Q(link__used_at=None, link__expires_at__gt=timezone.now())
    return LinkMail.objects.filter(Q(state=State.WAITING) | (Q(state__in=[State.SENDING, State.SENT]) & works))


def mail_links(people: QuerySet[Person], *, about: str, by: Person) -> LinkMailing:
    """Queue a link for everybody of ``people`` with an address; people without one are recorded.

    Repeating it finds nobody left.

    Args:
        people: without a password, from :func:`.link_handover.without_password`. about: the source of these people.

    Raises:
        Refused: mail is not set up, or there are no recipients.
    """
    require(is_admin, by)
    refuse_without_mail()
    with transaction.atomic():
        mailing = LinkMailing.objects.create(about=about[:200], by=by)
        recipients = set(mailable(people).values_list("pk", flat=True))
        without = set(people.filter(Q(email=None) | Q(email="")).values_list("pk", flat=True))
        if not recipients:
            raise Refused(_("No one left to email: everyone with an email address already got a link."))
        states = {pk: State.WAITING if pk in recipients else State.NO_ADDRESS for pk in sorted(recipients | without)}
        rows = (LinkMail(mailing=mailing, person_id=pk, state=state) for pk, state in states.items())
        LinkMail.objects.bulk_create(rows, batch_size=500)
        announce_mailing(mailing, len(recipients), by)
    return mailing


def mail_again(mailing: LinkMailing, *, by: Person) -> int:
    """Retry the people who were not reached: failed, unclear, waiting, and those with an address by now.

    Returns:
        How many.
    """
    require(is_admin, by)
    refuse_without_mail()
    with transaction.atomic():
        again = unreached(mailing).exclude(Q(person__email=None) | Q(person__email=""))
        # Filter on own columns only: PostgreSQL does not re-evaluate a subquery after waiting for a lock.
        keys = list(again.values_list("pk", flat=True))
        mailing.rows.filter(pk__in=keys).exclude(state=State.SENT).update(state=State.WAITING, tries=0, said="")
        waiting: int = mailing.rows.filter(state=State.WAITING).count()
        if waiting:
            announce_mailing(mailing, waiting, by)
    return waiting


def refuse_without_mail() -> None:
    """Raise :class:`Refused` if no mail can be sent."""
    if obstacle := why_no_mail():
        raise Refused(obstacle)


def announce_mailing(mailing: LinkMailing, count: int, by: Person) -> None:
    """Announce that ``count`` links are to be sent; called in the transaction of the rows."""
    fact = LoginLinksMailed(mailing_id=mailing.pk, by_id=by.pk)
    announce(fact, change=Change(mailing.about, after={"links": count}))


def unreached(mailing: LinkMailing) -> QuerySet[LinkMail]:
    """Return rows an administrator should check; a row in state "sending" for too long is unclear."""
    unclear = Q(state=State.SENDING, at__lt=timezone.now() - SETTLED)
    return mailing.rows.filter(unclear | Q(state__in=[State.FAILED, State.NO_ADDRESS]))


def people_unreached(mailing: LinkMailing) -> QuerySet[Person]:
    """Return those among them who still have no password."""
    return without_password().filter(pk__in=unreached(mailing).values("person"))


def take_up(mailing_id: int, *, before: dt.datetime) -> LinkMail | None:
    """Claim the next waiting mail, with a fresh link; recorded before anything is sent.

    Args:
        before: rows claimed since then are left for the next run.

    Returns:
        None if nothing is left.
    """
    waiting = LinkMail.objects.filter(mailing=mailing_id, state=State.WAITING)
    waiting = waiting.filter(Q(at=None) | Q(at__lt=before)).order_by("tries", "pk")
    while (key := waiting.values_list("pk", "person_id").first()) is not None:
        if (mail := _claim(*key)) is not None:
            return mail
    return None


def _claim(pk: int, person_id: int) -> LinkMail | None:
    """Claim a row; return None if another process did, or nothing needs to be sent."""
    now = timezone.now()
    with transaction.atomic():
        # Race: the lock on the person serialises two mailings to the same person.
        person = Person.objects.select_for_update().get(pk=person_id)
        row = LinkMail.objects.filter(pk=pk, state=State.WAITING).select_related("mailing__by").first()
        if row is None:
            return None
        if (state := _why_not(person, row)) is not None:
            LinkMail.objects.filter(pk=pk, state=State.WAITING).update(state=state, at=now)
            return None
        row.link, row.person, row.tries = (
            make_login_link(person, Purpose.HANDED, by=row.mailing.by),
            person,
            row.tries + 1,
        )
        row.state, row.at = State.SENDING, now
        row.save(update_fields=["link", "tries", "state", "at"])
    return row


def _why_not(person: Person, row: LinkMail) -> State | None:
    """Return why not to send: no address any more, a password, another mailed link, or the sender may no
    longer send one.
    """
    if row.mailing.by is None or not can_mail_link(row.mailing.by, person):
        return State.FAILED
    if not person.email:
        return State.NO_ADDRESS
    sent = _on_their_way().filter(person=person).exclude(state=State.WAITING)
    needed = without_password().filter(pk=person.pk).exists() and not sent.exists()
    return None if needed else State.NOT_NEEDED


def note_sent(mail: LinkMail) -> None:
    """Record that the mail server accepted the mail."""
    LinkMail.objects.filter(pk=mail.pk).update(state=State.SENT, said="")


def note_refused(mail: LinkMail, answer: str, *, for_good: bool) -> None:
    """Record that the mail server rejected the mail, temporarily or permanently; its link is invalidated."""
    ends = for_good or mail.tries >= TRIES
    with transaction.atomic():
        state = State.FAILED if ends else State.WAITING
        LinkMail.objects.filter(pk=mail.pk, state=State.SENDING).update(state=state, said=answer[:200])
        if mail.link_id is not None:
            LoginLink.objects.filter(pk=mail.link_id, used_at=None).update(used_at=timezone.now())


def mailing_counts(mailings: Iterable[LinkMailing]) -> dict[int, dict[str, int]]:
    """Return the number of rows in each state, by mailing."""
    counts: dict[int, dict[str, int]] = {mailing.pk: dict.fromkeys(State.values, 0) for mailing in mailings}
    rows = LinkMail.objects.filter(mailing__in=list(counts)).order_by()
    for key, state, count in rows.values_list("mailing", "state").annotate(n=Count("pk")):
        counts[key][state] = count
    return counts
