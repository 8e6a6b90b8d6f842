"""iCalendar output: a file for one gathering, and a feed a person can subscribe to.

Times are in UTC, so no time zone has to be described. A changed or cancelled gathering keeps its UID, even if the
installation moves, and raises its SEQUENCE (RFC 5545, 5546). That is how calendar programs recognise the entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from zhiliu.directory.models import Person
from zhiliu.inbound_mail.addresses import reply_address
from zhiliu.kit.web.site import base_url

from .models import Gathering
from .running_order import order_of

# The feed's reach into the past, and its maximum number of entries.
BACK = dt.timedelta(days=60)
HOUR = dt.timedelta(hours=1)
MOST = 300
# The reply handler that takes answers of calendar programs.
ATTENDANCE = "gatherings.attendance"


def calendar_of(gatherings: Iterable[Gathering], *, name: str = "") -> bytes:
    """Return the gatherings as an iCalendar file in the current language. Gatherings without a time are omitted."""
    calendar = _calendar("PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("x-published-ttl", "PT1H")
    for gathering in gatherings:
        if gathering.starts_at is not None:
            calendar.add_component(_event(gathering))
    return bytes(calendar.to_ical())


def message_to(person: Person, gathering: Gathering, method: str, *, is_invitation: bool = False) -> bytes:
    """Return the iCalendar message for one person about a gathering that has a time (RFC 5546).

    Args:
        method: REQUEST adds or changes the entry, CANCEL removes it.
        is_invitation: the person has not answered yet; their mail program asks for yes, maybe or no.
    """
    event = _event(gathering)
    if method == "CANCEL":
        event["status"] = "CANCELLED"
    event["organizer"] = _organiser(person, gathering)
    attendee = _address(person.email or "", person.name)
    state, asks = ("NEEDS-ACTION", "TRUE") if is_invitation else ("ACCEPTED", "FALSE")
    attendee.params.update({"ROLE": vText("REQ-PARTICIPANT"), "PARTSTAT": vText(state), "RSVP": vText(asks)})
    event["attendee"] = attendee
    calendar = _calendar(method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _organiser(person: Person, gathering: Gathering) -> vCalAddress:
    """Return the organizer: where mail comes in, the address that takes this person's answer, else the sender's.

    Programs accept an entry only from its sender, so the sender is named in SENT-BY (RFC 5545, 3.2.18). Hosts receive
    their entries too, so the host cannot be the organizer.
    """
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    answers = reply_address(person, ATTENDANCE, gathering.pk)
    organiser = _address(answers or sender, _organiser_name(gathering))
    if answers:
        organiser.params["SENT-BY"] = vText(f"mailto:{sender}")
    return organiser


def _organiser_name(gathering: Gathering) -> str:
    return gathering.host.name if gathering.host is not None else gathering.community.name


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Zhiliu//zhiliu//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(gathering: Gathering) -> Event:
    event = Event()
    event.add("uid", str(gathering.calendar_uid))
    event.add("dtstamp", _utc(timezone.now()))
    event.add("last-modified", _utc(gathering.rescheduled_at))
    event.add("sequence", gathering.sequence)
    event.add("dtstart", _utc(gathering.starts_at))
    event.add("dtend", _utc(gathering.ends_at))
    event.add("summary", gathering.title)
    event.add("status", "CANCELLED" if gathering.state == Gathering.State.CANCELLED else "CONFIRMED")
    event.add("url", base_url() + gathering.get_absolute_url())
    event.add("description", _description(gathering))
    if where := "，".join(part for part in (gathering.place, gathering.online_url) if part):
        event.add("location", where)
    if gathering.host is not None and gathering.host.email:
        event["organizer"] = _address(gathering.host.email, gathering.host.name)
    if gathering.state != Gathering.State.CANCELLED:
        event.add_component(_alarm(gathering))
    return event


def _alarm(gathering: Gathering) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", gathering.title)
    alarm.add("trigger", -HOUR)
    return alarm


def _address(mail: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mail}")
    address.params["CN"] = vText(name)
    return address


def _description(gathering: Gathering) -> str:
    lines = [gathering.community.name]
    if gathering.sharer is not None:
        lines.append(_("Talk by %(name)s") % {"name": gathering.sharer.name})
    if gathering.is_lightning:
        talks = enumerate(order_of(gathering).given, start=1)
        lines += [f"{number}. {talk.title} · {talk.speaker.name}" for number, talk in talks]
    if gathering.take_home:
        lines.append(_("Takeaways: %(text)s") % {"text": gathering.take_home})
    if gathering.cancel_reason:
        lines.append(_("Cancelled: %(reason)s") % {"reason": gathering.cancel_reason})
    return "\n".join([*lines, base_url() + gathering.get_absolute_url()])


def _utc(moment: dt.datetime | None) -> dt.datetime:
    assert moment is not None
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def feed_of(person: Person) -> QuerySet[Gathering]:
    """Return what a person's feed lists: gatherings they share, host or signed up for, including cancelled ones."""
    mine = Gathering.objects.visible_to(person).concerning(person).exclude(state=Gathering.State.PLANNING)
    since = timezone.now() - BACK
    rows = mine.filter(starts_at__gte=since).select_related("community", "sharer", "host")
    return rows.order_by("starts_at", "pk")[:MOST]


def person_of_key(key: str) -> Person | None:
    """Return the active person whose feed a secret key opens, or None."""
    if len(key) < 20:
        return None
    return Person.objects.active().filter(calendar_key=key).first()
