"""Take the answers calendar programs send to an invitation: yes, maybe and no."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _
from icalendar import Calendar

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.inbound_mail import FilesPlace, InboundMessage, ReplyHandler, offers_reply_handler
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.site import base_url

from .audience import Answer, answer_audience_invitation
from .calendars import ATTENDANCE
from .models import Gathering
from .registration import sign_up
from .rules import can_take_part

ACCEPTED = "ACCEPTED"
# Participation status (RFC 5545, 3.2.12) -> our answer.
ANSWERS = {"TENTATIVE": Answer.MAYBE, "DECLINED": Answer.NO}


@offers_reply_handler
class AttendanceByMail(ReplyHandler):
    """A yes takes a seat, a no gives it up."""

    name = ATTENDANCE

    def place(self, person: Person, thing_id: int) -> FilesPlace:
        """Return that files belong to nobody but the sender: an answer has none."""
        require(can_take_part, person, _gathering(person, thing_id))
        return FilesPlace(is_private=True)

    def take(self, person: Person, thing_id: int, letter: InboundMessage) -> None:
        """Record the answer with the verbs the page uses."""
        gathering = _gathering(person, thing_id)
        status = participation(letter.calendar, uid=str(gathering.calendar_uid))
        if status == ACCEPTED and person.pk in (gathering.sharer_id, gathering.host_id):
            return  # Sharer and host have no seat to take.
        if status == ACCEPTED:
            sign_up(gathering, by=person, by_calendar=True)
        elif status in ANSWERS:
            answer_audience_invitation(gathering, ANSWERS[status], by=person, by_calendar=True)
        else:
            url = base_url() + gathering.get_absolute_url()
            raise Refused(_("Answer with the buttons of your calendar, or here: %(url)s") % {"url": url})


def participation(content: bytes, *, uid: str) -> str:
    """Return the participation status of a calendar REPLY about the entry ``uid``; '' for anything else.

    A reply names one attendee, who answers (RFC 5546, 3.2.3). The sender is known by the address it was sent to.
    """
    try:
        calendar = Calendar.from_ical(content)
    except (ValueError, IndexError, KeyError):
        return ""
    for event in calendar.walk("VEVENT"):
        attendee = event.get("attendee")
        if str(event.get("uid", "")) == uid and attendee is not None and not isinstance(attendee, list):
            return str(attendee.params.get("PARTSTAT", "")).upper()
    return ""


def _gathering(person: Person, key: int) -> Gathering:
    gathering = Gathering.objects.visible_to(person).select_related("community").filter(pk=key).first()
    if gathering is None:
        raise Http404(key)
    return gathering
