"""Mail calendar updates: attendees get the entry, its changes and its removal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from zhiliu.activity.consumers import LogEntry, followers
from zhiliu.directory.defaults import language_of, zone_of
from zhiliu.directory.models import Organisation, Person
from zhiliu.jobs.enqueuing import enqueue_all
from zhiliu.kit.contracts.facts import Fact
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.web.site import base_url
from zhiliu.notifications.mailing import attach_calendar
from zhiliu.notifications.models import Delivery, Preference

from . import facts
from .calendars import message_to
from .models import AudienceInvitation, Gathering, Invitation, LightningTalk, Seat
from .notification_types.audience import YouAreInvitedToAttend
from .rules import can_see

REQUEST, CANCEL = "REQUEST", "CANCEL"
OLD = dt.timedelta(days=2)


@followers.register(key="gatherings.calendars")
def mail_calendars(entries: Sequence[LogEntry]) -> None:
    """Enqueue one job per mail in the transaction that moves the cursor, so none is lost or duplicated."""
    news: dict[tuple[int, int], tuple[str, int]] = {}
    for entry in entries:
        if entry.fact is None or timezone.now() - entry.row.at > OLD:
            continue
        method, people = _news_of(entry.fact)
        # If a batch has several facts about one entry, the last one wins.
        news |= {(person, getattr(entry.fact, "gathering_id", 0)): (method, entry.position) for person in people}
    enqueue_all(send_calendar, [((*whom, *what), None) for whom, what in sorted(news.items())])


def _news_of(fact: Fact) -> tuple[str, set[int]]:
    """Return the calendar method and the people a fact concerns."""
    if isinstance(fact, facts.SeatTaken):
        return REQUEST, set() if fact.waiting or fact.by_calendar or not fact.by_id else {fact.by_id}
    if isinstance(fact, facts.SeatPromoted):
        return REQUEST, {fact.person_id}
    if isinstance(fact, facts.SeatGivenUp | facts.AudienceAnswered):
        return CANCEL, _without_entry_now(fact)
    if isinstance(fact, facts.Cancelled):
        return CANCEL, _everybody_with_entry(fact.gathering_id)
    if isinstance(fact, facts.GatheringMoved):
        return REQUEST, _everybody_with_entry(fact.gathering_id)
    if isinstance(fact, facts.OfGathering) and _changes_entry(fact):
        return REQUEST, calendar_people(fact.gathering_id)
    return "", set()


def _everybody_with_entry(gathering_id: int) -> set[int]:
    return calendar_people(gathering_id) | set(_may_come(gathering_id).values_list("person_id", flat=True))


def _without_entry_now(fact: facts.SeatGivenUp | facts.AudienceAnswered) -> set[int]:
    """Return who said no, if a mail gave them the entry: that of their seat, or that of their invitation."""
    if fact.by_calendar or not fact.by_id:
        return set()
    if isinstance(fact, facts.SeatGivenUp) and not fact.waiting:
        return {fact.by_id}
    if isinstance(fact, facts.AudienceAnswered) and fact.answer != AudienceInvitation.Answer.NO:
        return set()
    return set(invited_by_mail(fact.gathering_id).filter(person=fact.by_id).values_list("person_id", flat=True))


def _changes_entry(fact: facts.OfGathering) -> bool:
    if isinstance(fact, facts.InvitationAnswered):
        return fact.answer == Invitation.State.ACCEPTED
    if isinstance(fact, facts.Changed):
        return fact.entry
    return isinstance(fact, facts.TimeFixed | facts.GatheringMoved | facts.RunningOrderChanged | facts.LeaderLeft)


def calendar_people(gathering_id: int) -> set[int]:
    """Return the sharer, the host, speakers who agreed, and everybody with a seat."""
    leaders: Iterable[int | None] = (
        Gathering.objects.filter(pk=gathering_id).values_list("sharer_id", "host_id").first() or ()
    )
    seats = Seat.objects.filter(gathering_id=gathering_id, waiting=False).values_list("person_id", flat=True)
    agreed = LightningTalk.objects.filter(gathering_id=gathering_id, state=LightningTalk.State.ACCEPTED)
    return {key for key in (*leaders, *seats, *agreed.values_list("speaker_id", flat=True)) if key}


def invited_by_mail(gathering_id: int) -> QuerySet[AudienceInvitation]:
    """Return the invitations to attend that were mailed: calendars show them.

    Who reads theirs in the daily digest, or on the page before the mail was sent, has no entry.
    """
    about = {"notice": YouAreInvitedToAttend.key, "kind": "gathering", "thing_id": gathering_id}
    conditions = {f"notification__{name}": value for name, value in about.items()}
    mails = Delivery.objects.filter(notification__person=OuterRef("person"), sent_at__isnull=False, **conditions)
    return AudienceInvitation.objects.filter(Exists(mails), gathering=gathering_id)


def _may_come(gathering_id: int) -> QuerySet[AudienceInvitation]:
    return invited_by_mail(gathering_id).exclude(answer=AudienceInvitation.Answer.NO)


@task()
def send_calendar(person_id: int, gathering_id: int, method: str, position: int) -> None:
    """Send one calendar message. Raises if the mail server rejects it; the job is then retried."""
    send_calendar_mail(person_id, gathering_id, method, position)


def send_calendar_mail(person_id: int, gathering_id: int, method: str, position: int) -> None:
    """Send one calendar message unless it is out of date.

    Args:
        position: of the fact. It makes the Message-ID stable if the mail is sent again after a crash.
    """
    person = Person.objects.get(pk=person_id)
    gathering = Gathering.objects.select_related("community", "sharer", "host").get(pk=gathering_id)
    if not _is_wanted(person, gathering, method):
        return
    with translation.override(language_of(person)), timezone.override(zone_of(person)):
        _compose(person, gathering, method, position).send()


def _is_wanted(person: Person, gathering: Gathering, method: str) -> bool:
    if not person.is_active or not person.email or gathering.starts_at is None or why_no_mail():
        return False
    never = Preference.objects.filter(person=person, group="gatherings", mail=Preference.Mail.NEVER)
    if never.exists():
        return False
    # Two facts may follow each other quickly, so compare with the current state.
    # An invitation without an answer stands in calendars, too.
    listed = person.pk in calendar_people(gathering.pk) or _may_come(gathering.pk).filter(person=person).exists()
    comes = gathering.state == Gathering.State.FIXED and listed
    comes = comes and can_see(person, gathering)
    return not gathering.is_over and comes == (method == REQUEST)


def _compose(person: Person, gathering: Gathering, method: str, position: int) -> EmailMultiAlternatives:
    title = {"title": gathering.title}
    subject = _("For your calendar: %(title)s") if method == REQUEST else _("Removed from your calendar: %(title)s")
    is_invitation = method == REQUEST and person.pk not in calendar_people(gathering.pk)
    content = message_to(person, gathering, method, is_invitation=is_invitation)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    mail = EmailMultiAlternatives(
        subject=f"[{Organisation.current_name()}] {subject % title}".replace("\n", " "),
        body=_body(gathering, method),
        to=[person.email or ""],
        headers={
            "Message-ID": f"<zhiliu-calendar-{gathering.pk}-{person.pk}-{position}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        },
    )
    attach_calendar(mail, content, method)
    return mail


def _body(gathering: Gathering, method: str) -> str:
    assert gathering.starts_at is not None and gathering.ends_at is not None
    start, end = timezone.localtime(gathering.starts_at), timezone.localtime(gathering.ends_at)
    where = " ".join(part for part in (gathering.place, gathering.online_url) if part)
    lines = [gathering.title, f"{date_format(start, 'SHORT_DATETIME_FORMAT')}–{end:%H:%M} ({start.tzname()})", where]
    if method == CANCEL:
        lines += [_("Removed from your calendar."), gathering.cancel_reason]
    return "\n".join([line for line in lines if line] + [base_url() + gathering.get_absolute_url()])
