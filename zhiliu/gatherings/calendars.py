"""Gatherings for calendar programs: a file for one, and a feed a person can subscribe to.

Times are in UTC, so no time zone has to be described. A moved or called-off gathering keeps its UID and raises its
SEQUENCE (RFC 5545, 5546), which is how calendars know that it is the same one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from zhiliu.directory.models import Person
from zhiliu.kit.site import base_url

from .models import Gathering
from .staging import order_of

# How far back the feed goes, and the most it holds.
BACK = dt.timedelta(days=60)
MOST = 300


def calendar_of(gatherings: Iterable[Gathering], *, name: str = "") -> bytes:
    """The gatherings as an iCalendar file; those without a time are left out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Zhiliu//zhiliu//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("x-published-ttl", "PT1H")
    for gathering in gatherings:
        if gathering.starts_at is not None:
            calendar.add_component(_event(gathering))
    return bytes(calendar.to_ical())


def _event(gathering: Gathering) -> Event:
    event = Event()
    event.add("uid", f"gathering-{gathering.pk}@{urlsplit(base_url()).hostname}")
    event.add("dtstamp", _utc(gathering.rescheduled_at))
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
        event["organizer"] = _organizer(gathering.host)
    return event


def _organizer(host: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{host.email}")
    address.params["CN"] = vText(host.name)
    return address


def _description(gathering: Gathering) -> str:
    said = [gathering.community.name]
    if gathering.sharer is not None:
        said.append(_("Shared by %(name)s") % {"name": gathering.sharer.name})
    if gathering.is_lightning:
        talks = enumerate(order_of(gathering).given, start=1)
        said += [f"{number}. {talk.title} · {talk.speaker.name}" for number, talk in talks]
    if gathering.take_home:
        said.append(_("To take home: %(text)s") % {"text": gathering.take_home})
    if gathering.cancel_reason:
        said.append(_("Called off: %(reason)s") % {"reason": gathering.cancel_reason})
    return "\n".join([*said, base_url() + gathering.get_absolute_url()])


def _utc(moment: dt.datetime | None) -> dt.datetime:
    assert moment is not None
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def feed_of(person: Person) -> QuerySet[Gathering]:
    """What stands in a person's feed: what they share, host or signed up for, called-off ones included."""
    mine = Gathering.objects.visible_to(person).concerning(person).exclude(state=Gathering.State.PLANNING)
    since = timezone.now() - BACK
    rows = mine.filter(starts_at__gte=since).select_related("community", "sharer", "host")
    return rows.order_by("starts_at", "pk")[:MOST]


def person_of_key(key: str) -> Person | None:
    """Whose feed a secret key opens; nobody's once they have left."""
    if len(key) < 20:
        return None
    return Person.objects.active().filter(calendar_key=key).first()
